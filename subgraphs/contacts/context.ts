import DataLoader from 'dataloader';
import type { PermissionAction } from '../shared/access/permissions.ts';
import type { Visibility } from '../shared/access/scope.ts';
import type { CallClaims } from '../shared/calls.ts';
import type { Cursors } from '../shared/cursor.ts';
import { forbidden, isRefused, type Refusal, unauthenticated } from '../shared/errors.ts';
import type { RecordEvent } from '../shared/metrics.ts';
import type { Peer } from '../shared/peer.ts';
import { requestIds } from '../shared/requestIds.ts';
import type { Person, Viewer } from '../shared/viewer.ts';
import type { AccessSource } from './access.ts';
import type { Contact, Note } from './domain/contact.ts';
import type { PhoneRegion } from './domain/phone.ts';
import type { KnownPeople } from './knownPeople.ts';
import { createLoaders } from './loaders.ts';
import { type Rights, rightsOf } from './rights.ts';
import type { CountScope } from './readings.ts';
import type { ContactStore } from './store/contacts.ts';
import type { LegacyMoves } from './legacyMoves.ts';
import type { NewestNotes, NoteStore } from './store/notes.ts';
import { createTeamsOfRequest, type TeamsOfRequest } from './teamsClient.ts';

/** What lives as long as the process. */
export type Dependencies = Readonly<{
  contacts: ContactStore;
  notes: NoteStore;
  legacy: LegacyMoves;
  access: AccessSource;
  teams: Peer;
  cursors: Cursors;
  phoneRegion: PhoneRegion;
  record: RecordEvent;
  countScope: CountScope;
  known: KnownPeople;
  /** Looks at once for work that a write has left for the background. */
  wakeJobs: () => void;
  /** Milliseconds since 1970. */
  now: () => number;
  /** A new UUID. */
  newId: () => string;
}>;

/** One request: who it is for, and what they may do, asked of teams once. */
export type Context = Readonly<{
  viewer: Viewer | null;
  contacts: ContactStore;
  notes: NoteStore;
  legacy: LegacyMoves;
  teams: TeamsOfRequest;
  cursors: Cursors;
  phoneRegion: PhoneRegion;
  record: RecordEvent;
  wakeJobs: () => void;
  now: () => number;
  newId: () => string;
  /** Whether the last word on a person is that they are active in the company, for when teams cannot be asked. */
  isKnownActive(companyId: string, userId: string): boolean;
  /** Milliseconds that a wait may still take. */
  waitMs(): number;
  person(): Person | Refusal;
  /** What the person may do; `withTeams` when expanded teams are needed whatever the levels are. */
  rights(withTeams?: boolean): Promise<Rights | Refusal>;
  /** How far the person sees for an action; FORBIDDEN when that is disabled. An outage is recorded, once for each action. */
  visibilityFor(action: PermissionAction): Promise<Visibility | Refusal>;
  /** How far the person sees notes (SPEC §3.3): with the flag off by their contact's `customers_view`, as before. */
  notesVisibility(): Promise<Visibility | Refusal>;
  /** One contact, judged for an action; a denial at level team is recorded. */
  contact(action: PermissionAction, id: unknown): Promise<Contact | Refusal>;
  /** One contact within a visibility that was made for an action. */
  contactIn(visibility: Visibility, action: PermissionAction, id: unknown): Promise<Contact | Refusal>;
  /** The newest notes of a contact that was read in this request, judged as notes are; a denial is recorded. */
  newestNotes(visibility: Visibility, contact: Contact, size: number): Promise<NewestNotes | Refusal>;
  /** One contact as its notes are read. */
  contactOfNotes(id: unknown): Promise<Contact | Refusal>;
  note(id: unknown): Promise<Note | Refusal>;
  /** One note by its contact, within a visibility that was made for an action. */
  noteIn(visibility: Visibility, action: PermissionAction, id: unknown): Promise<Note | Refusal>;
  /** Records that a single record was withheld; at level team only (SPEC §5). */
  recordDenial(visibility: Visibility, action: PermissionAction, contactId: string): void;
  /** A team's ancestors, root first, without the team itself. @throws PeerUnavailable */
  ancestors(teamId: string): Promise<readonly string[]>;
}>;

const longestWaitMs = 10_000;
const viewAction = 'customers_customers_view';
const notesAction = 'customers_customernotes_view';

/** Makes the context of one verified call. Rights and loaders are made anew for each: nothing is kept for another viewer. */
export const createContext = (dependencies: Dependencies, { viewer, deadline, correlationId }: CallClaims): Context => {
  const { access, now, countScope } = dependencies;
  const ids = requestIds(correlationId, viewer);
  const record: RecordEvent = (event) => dependencies.record(event, ids);
  const answers = new Map<boolean, Promise<Rights | Refusal>>();
  const visibilities = new Map<PermissionAction, Visibility | Refusal>();
  const waitMs = (): number => Math.min(Math.max(Math.floor(deadline - now()), 1), longestWaitMs);

  const person = (): Person | Refusal => {
    if (viewer === null) return unauthenticated('Sign in first.');
    return viewer.kind === 'person' ? viewer : forbidden('This is open to people only, not to services.');
  };
  const ask = async (withTeams: boolean): Promise<Rights | Refusal> => {
    const asking = person();
    if (isRefused(asking)) return asking;
    const answer = await access.accessOf({ person: asking, withTeams, deadline, correlationId });
    return isRefused(answer) ? answer : rightsOf(asking, answer);
  };
  const rights = (withTeams = false): Promise<Rights | Refusal> => {
    const answer = answers.get(withTeams) ?? answers.get(true) ?? ask(withTeams);
    answers.set(withTeams, answer);
    return answer;
  };
  const judged = (found: Rights | Refusal, action: PermissionAction): Visibility | Refusal => {
    const made = visibilities.get(action);
    if (made !== undefined) return made;
    if (isRefused(found)) {
      if (found.code === 'DEPENDENCY_UNAVAILABLE') countScope('unavailable');
      visibilities.set(action, found);
      return found;
    }
    const visibility = found.visibilityFor(action);
    visibilities.set(action, visibility);
    if (isRefused(visibility)) countScope('nothing');
    else countScope(found.fallbackMs === null ? visibility.reach.kind : 'fallback');
    if (found.fallbackMs !== null && !isRefused(visibility)) {
      const { companyId: company_sso_id, userId: user_sso_id, platform } = found.person;
      record({ event: 'cdp_team_permission_fallback', company_sso_id, user_sso_id, platform, permission_name: action, latency_ms: found.fallbackMs });
    }
    return visibility;
  };
  const visibilityFor = async (action: PermissionAction): Promise<Visibility | Refusal> => judged(await rights(), action);
  const notesVisibility = async (): Promise<Visibility | Refusal> => {
    const found = await rights();
    const byNotes = judged(found, notesAction);
    if (isRefused(byNotes) || isRefused(found)) return byNotes;
    return found.teamFlag === false ? judged(found, viewAction) : byNotes;
  };
  const recordDenial = (visibility: Visibility, permission_name: PermissionAction, contact_id: string): void => {
    const asking = person();
    if (isRefused(asking) || visibility.reach.kind !== 'team') return;
    const { companyId: company_sso_id, userId: user_sso_id, platform } = asking;
    const viewer_team_count = visibility.reach.teamIds.size;
    record({ event: 'cdp_team_permission_denied', company_sso_id, user_sso_id, contact_id, permission_name, viewer_team_count, platform });
  };
  const contactIn = async (visibility: Visibility, action: PermissionAction, id: unknown): Promise<Contact | Refusal> => {
    const result = await loaders.contact(visibility, id);
    if (isRefused(result) && result.code === 'FORBIDDEN' && typeof id === 'string') recordDenial(visibility, action, id);
    return result;
  };

  const noteIn = async (visibility: Visibility, action: PermissionAction, id: unknown): Promise<Note | Refusal> => {
    const result = await loaders.note(visibility, id);
    if (isRefused(result) || !('hiddenBy' in result)) return result;
    recordDenial(visibility, action, result.hiddenBy);
    return forbidden('This note is outside what you may do this to.');
  };
  const within = async <T>(visibility: Visibility | Refusal, read: (made: Visibility) => Promise<T>): Promise<T | Refusal> =>
    isRefused(visibility) ? visibility : read(visibility);

  const teams = createTeamsOfRequest({ teams: dependencies.teams, known: dependencies.known, now, asking: { viewer, deadline, correlationId } });
  const loaders = createLoaders({ contacts: dependencies.contacts, notes: dependencies.notes, waitMs });
  const ancestorsLoader = new DataLoader<string, readonly string[]>(async (ids) => {
    const asking = person();
    const found = isRefused(asking) ? {} : await teams.ancestors(asking.companyId, ids);
    return ids.map((id) => found[id] ?? []);
  });

  return {
    viewer,
    contacts: dependencies.contacts,
    notes: dependencies.notes,
    legacy: dependencies.legacy,
    teams,
    cursors: dependencies.cursors,
    phoneRegion: dependencies.phoneRegion,
    record,
    wakeJobs: dependencies.wakeJobs,
    now,
    newId: dependencies.newId,
    isKnownActive: dependencies.known.isActive,
    waitMs,
    person,
    rights,
    visibilityFor,
    notesVisibility,
    contact: async (action, id) => within(await visibilityFor(action), (visibility) => contactIn(visibility, action, id)),
    contactIn,
    newestNotes: async (visibility, contact, size) => {
      const result = await loaders.newestNotes(visibility, contact, size);
      if (isRefused(result)) recordDenial(visibility, notesAction, contact.id);
      return result;
    },
    contactOfNotes: async (id) => within(await notesVisibility(), (visibility) => contactIn(visibility, notesAction, id)),
    note: async (id) => within(await notesVisibility(), (visibility) => noteIn(visibility, notesAction, id)),
    noteIn,
    recordDenial,
    ancestors: (teamId) => ancestorsLoader.load(teamId),
  };
};
