import { badInput, type ErrorCode, forbidden, isRefused, Refusal, statusOf, unauthenticated, unavailable } from '../subgraphs/shared/errors.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import { excerpt, isUuid } from '../subgraphs/shared/text.ts';
import type { FeedEntry, OutsideReader } from '../subgraphs/shared/teamsApi.ts';
import type { Person, Service, Viewer } from '../subgraphs/shared/viewer.ts';

/** Arguments of `teamMigrated` that say which events are wanted. */
export type WantedEvents = Readonly<{ app?: 'CHAT' | 'CRM' | null; companySsoId?: string | null }>;

/** Which events a subscriber gets, and whether it may still have them. */
export type Subscriber = Readonly<{
  reader: OutsideReader;
  wants(entry: FeedEntry): boolean;
  /** Asked before each delivery; at most 1 s old, counted from when the question was sent. */
  stillAllowed(): Promise<Refusal | undefined>;
}>;

export type SubscriberOptions = Readonly<{ teams: Peer; now: () => number; deadlineMs: number; correlationId: string }>;

const rightLastsMs = 1_000;

/** Who may receive `teamMigrated` events (SPEC §4): a squad its own app's, an OWNER or ADMIN their company's. */
export const subscriberOf = async (viewer: Viewer, wanted: WantedEvents, options: SubscriberOptions): Promise<Subscriber | Refusal> => {
  const { companySsoId } = wanted;
  if (typeof companySsoId === 'string' && !isUuid(companySsoId)) {
    return badInput('companySsoId', `companySsoId is ${excerpt(companySsoId)}; it must be a lower-case UUID.`);
  }
  const reader = viewer.kind === 'person' ? companyReader(viewer, wanted) : squadReader(viewer, wanted);
  if (isRefused(reader)) return reader;
  const stillAllowed = viewer.kind === 'person' ? rightOf(viewer, options) : () => Promise.resolve(undefined);
  const refusal = await stillAllowed();
  return refusal ?? { reader, wants: (entry) => fits(reader, entry), stillAllowed };
};

const squadReader = (squad: Service, { app, companySsoId }: WantedEvents): OutsideReader | Refusal => {
  const own = (['CHAT', 'CRM'] as const).filter((each) => squad.scopes.includes(each === 'CHAT' ? 'teams:migrate:chat' : 'teams:migrate:crm'));
  if (typeof app === 'string' && !own.includes(app)) return forbidden(`This service receives events of ${own.join(' and ')} only.`);
  const [first, ...more] = own;
  if (first === undefined) return forbidden('Events are for squads and for OWNER and ADMIN.');
  return readerOf(app ?? (more.length === 0 ? first : null), companySsoId ?? null);
};

const companyReader = (person: Person, { app, companySsoId }: WantedEvents): OutsideReader | Refusal =>
  typeof companySsoId === 'string' && companySsoId !== person.companyId
    ? forbidden('Events of another company are not yours to see.')
    : readerOf(app ?? null, person.companyId);

const readerOf = (app: 'CHAT' | 'CRM' | null, companyId: string | null): OutsideReader => ({
  type: 'TEAM_MIGRATED',
  ...(app !== null && { app: app === 'CHAT' ? 'chat' : 'crm' }),
  ...(companyId !== null && { companyId }),
});

const fits = ({ type, app, companyId }: OutsideReader, entry: FeedEntry): boolean =>
  entry.type === type &&
  (app === undefined || entry.payload['app'] === app) &&
  (companyId === undefined || entry.companyId === companyId);

type MeAnswer = Readonly<{
  data?: Readonly<{ me?: Readonly<{ role: string; company: Readonly<{ id: string }> }> | null }> | null;
  errors?: readonly Readonly<{ message: string; extensions?: Readonly<{ code?: string }> }>[];
}>;

const rightOf = (person: Person, { teams, now, deadlineMs, correlationId }: SubscriberOptions) => {
  let goodUntil = 0;
  return async (): Promise<Refusal | undefined> => {
    const askedAt = now();
    if (askedAt < goodUntil) return undefined;
    const body = { query: 'query GatewaySubscriber { me { role company { id } } }' };
    try {
      const reply = await teams.call({ operation: 'graphql', body, viewer: person, deadline: askedAt + deadlineMs, correlationId });
      const refusal = judged(reply.body as MeAnswer, person);
      if (refusal === undefined) goodUntil = askedAt + rightLastsMs;
      return refusal;
    } catch {
      return unavailable('Whether you may receive these events could not be asked in time.');
    }
  };
};

const judged = ({ data, errors }: MeAnswer, person: Person): Refusal | undefined => {
  const me = data?.me;
  if (!me) {
    const [error] = errors ?? [];
    const code = error?.extensions?.code;
    if (error === undefined || code === undefined || !Object.hasOwn(statusOf, code)) return unavailable('teams did not answer who you are.');
    return new Refusal(code as ErrorCode, error.message);
  }
  if (me.company.id !== person.companyId) return unauthenticated('The person of this token is not of its company.');
  return me.role === 'OWNER' || me.role === 'ADMIN' ? undefined : forbidden('Events of a company are for its OWNER and ADMIN.');
};
