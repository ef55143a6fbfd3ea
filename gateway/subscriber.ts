import { badInput, forbidden, isRefused, type Refusal } from '../subgraphs/shared/errors.ts';
import { excerpt, isUuid } from '../subgraphs/shared/text.ts';
import type { FeedEntry, OutsideReader } from '../subgraphs/shared/teamsApi.ts';
import type { Person, Service, Viewer } from '../subgraphs/shared/viewer.ts';
import type { EventRights, RightLost } from './eventRights.ts';

/** Arguments of `teamMigrated` that say which events are wanted. */
export type WantedEvents = Readonly<{ app?: 'CHAT' | 'CRM' | null; companySsoId?: string | null }>;

/** Which events a subscriber gets, and whether it may still have them. */
export type Subscriber = Readonly<{
  reader: OutsideReader;
  wants(entry: FeedEntry): boolean;
  /** Asked before each delivery; at most 1 s old, counted from when the question was sent. A squad's right lasts as long as its token. */
  stillAllowed(): Promise<Refusal | undefined> | undefined;
  /** Hears as soon as it is known that the right is lost; ends with the function that it answers. */
  watch(lost: RightLost): () => void;
}>;

export type SubscriberOptions = Readonly<{ rights: EventRights; now: () => number; deadlineMs: number }>;

/** Who may receive `teamMigrated` events (SPEC §4): a squad its own app's, an OWNER or ADMIN their company's. */
export const subscriberOf = async (viewer: Viewer, wanted: WantedEvents, { rights, now, deadlineMs }: SubscriberOptions): Promise<Subscriber | Refusal> => {
  const { companySsoId } = wanted;
  if (typeof companySsoId === 'string' && !isUuid(companySsoId)) {
    return badInput('companySsoId', `companySsoId is ${excerpt(companySsoId)}; it must be a lower-case UUID.`);
  }
  const reader = viewer.kind === 'person' ? companyReader(viewer, wanted) : squadReader(viewer, wanted);
  if (isRefused(reader)) return reader;
  const wants = (entry: FeedEntry): boolean => fits(reader, entry);
  if (viewer.kind === 'service') return { reader, wants, stillAllowed: () => undefined, watch: () => () => undefined };
  const stillAllowed = (): Promise<Refusal | undefined> => rights.of(viewer, now() + deadlineMs);
  const refusal = await stillAllowed();
  return refusal ?? { reader, wants, stillAllowed, watch: (lost) => rights.watch(viewer, lost) };
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
