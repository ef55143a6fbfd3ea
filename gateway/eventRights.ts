import { type ErrorCode, forbidden, Refusal, statusOf, unauthenticated, unavailable } from '../subgraphs/shared/errors.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import { createRecentlyUsed } from '../subgraphs/shared/recentlyUsed.ts';
import type { Person } from '../subgraphs/shared/viewer.ts';

/** Hears that a right is lost, and why. */
export type RightLost = (refusal: Refusal) => void;

/**
 * Whether people may receive the events of their company. Undefined: they may. UNAUTHENTICATED: not active there. FORBIDDEN: neither
 * OWNER nor ADMIN. DEPENDENCY_UNAVAILABLE: teams could not be asked by the deadline.
 */
export type EventRights = Readonly<{
  /** At most 1 s old, counted from when the question was sent; one question serves everything that a person has open. */
  of(person: Person, deadline: number): Promise<Refusal | undefined>;
  /** Asked now, whatever was known. */
  askedNow(person: Person, deadline: number): Promise<Refusal | undefined>;
  /** Hears as soon as a question finds that a person, still active, has lost the right; ends with the function that it answers. */
  watch(person: Person, lost: RightLost): () => void;
}>;

export type EventRightsOptions = Readonly<{ teams: Peer; now: () => number; newId: () => string }>;

const rightLastsMs = 1_000;
const peopleKept = 10_000;

type Asked = Readonly<{ askedAt: number; answer: Promise<Refusal | undefined> }>;

export const createEventRights = ({ teams, now, newId }: EventRightsOptions): EventRights => {
  const known = createRecentlyUsed<Asked>(peopleKept);
  const watching = new Map<string, Set<RightLost>>();

  const question = async (person: Person, deadline: number): Promise<Refusal | undefined> => {
    const body = { query: 'query GatewaySubscriber { me { role company { id } } }' };
    try {
      const reply = await teams.call({ operation: 'graphql', body, viewer: person, deadline, correlationId: newId() });
      return judged(reply.body as MeAnswer, person);
    } catch {
      return unavailable('Whether you may receive these events could not be asked in time.');
    }
  };

  const askedNow = async (person: Person, deadline: number): Promise<Refusal | undefined> => {
    const key = keyOf(person);
    const asked: Asked = { askedAt: now(), answer: question(person, deadline) };
    known.set(key, asked);
    const refusal = await asked.answer;
    // a refusal is not kept, so that a right that is given counts at once
    if (refusal !== undefined && known.get(key) === asked) known.delete(key);
    // the sockets of someone who is not active are closed whole
    if (refusal?.code === 'FORBIDDEN') for (const lost of watching.get(key) ?? []) lost(refusal);
    return refusal;
  };

  return {
    of: (person, deadline) => {
      const asked = known.get(keyOf(person));
      const age = now() - (asked?.askedAt ?? 0);
      return asked !== undefined && age >= 0 && age < rightLastsMs ? asked.answer : askedNow(person, deadline);
    },
    askedNow,
    watch: (person, lost) => {
      const key = keyOf(person);
      const listeners = watching.get(key) ?? new Set();
      watching.set(key, listeners.add(lost));
      return () => {
        listeners.delete(lost);
        if (listeners.size === 0 && watching.get(key) === listeners) watching.delete(key);
      };
    },
  };
};

const keyOf = ({ companyId, userId }: Person): string => `${companyId} ${userId}`;

type MeAnswer = Readonly<{
  data?: Readonly<{ me?: Readonly<{ role: string; company: Readonly<{ id: string }> }> | null }> | null;
  errors?: readonly Readonly<{ message: string; extensions?: Readonly<{ code?: string }> }>[];
}>;

const judged = ({ data, errors }: MeAnswer, person: Person): Refusal | undefined => {
  const me = data?.me;
  if (!me) {
    const [error] = errors ?? [];
    const code = error?.extensions?.code;
    if (error === undefined || code === undefined || !isCode(code)) return unavailable('teams did not answer who you are.');
    return new Refusal(code, error.message);
  }
  if (me.company.id !== person.companyId) return unauthenticated('The person of this token is not of its company.');
  return me.role === 'OWNER' || me.role === 'ADMIN' ? undefined : forbidden('Events of a company are for its OWNER and ADMIN.');
};

const isCode = (code: string): code is ErrorCode => Object.hasOwn(statusOf, code);
