import { type Visibility, visibilityOf } from '../../shared/access/scope.ts';
import { forbidden, isRefused, notFound, type Refusal, unavailable } from '../../shared/errors.ts';
import { badCursor, type Page, readPage } from '../../shared/paging.ts';
import { PeerUnavailable } from '../../shared/peer.ts';
import { excerpt } from '../../shared/text.ts';
import type { Access, Person } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../domain/contact.ts';
import { type FewAtOnce, fewAtOnce } from './fewAtOnce.ts';

/** The company whose flag is asked about; everything else is looked up when it is selected. */
export type TeamPermissionImpact = Readonly<{ person: Person }>;

/** What switching the flag on would change for one person; counted when it is selected. */
export type UserImpact = Readonly<{ userId: string; today: Visibility; after: Visibility; looking: Looking }>;

export type UserImpactPage = Page<UserImpact> & Readonly<{ total: () => Promise<number | Refusal> }>;

const action = 'customers_customers_view';
/** People of one answer of teams. */
const levelsPage = 100;
/** Most answers of teams that one page of ours looks through: one with nobody at level team still comes to an end, with a cursor. */
const pagesAtOnce = 20;
const sampleSize = 10;

/** OWNER and ADMIN, own company only (CDP/CHG-005, SPEC §3.5); any other company is NOT_FOUND. */
export const teamPermissionImpact = async (context: Context, companySsoId: string): Promise<TeamPermissionImpact | Refusal> => {
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  if (rights.role === null) return notToBeHad();
  if (rights.role !== 'OWNER' && rights.role !== 'ADMIN') return forbidden('This needs the role OWNER or ADMIN.');
  const { person } = rights;
  return companySsoId === person.companyId ? { person } : notFound(`There is no company ${excerpt(companySsoId)}.`);
};

/** People at level team for `customers_view`, by id. A page may be short, and even empty, before the list ends: `hasNextPage` tells. */
export const usersImpact = async (context: Context, { person }: TeamPermissionImpact, given: Readonly<{ first?: number | null; after?: string | null }>): Promise<UserImpactPage | Refusal> => {
  const request = readPage(given);
  if (isRefused(request)) return request;
  const { companyId, userId } = person;
  const binding = [companyId, userId, 'teamPermissionImpact'];
  const place = request.cursor === null ? null : readUser(context.cursors.open(binding, request.cursor));
  if (place === undefined) return badCursor(request);
  const found = await lookUp(() => atLevelTeam(context, companyId, place, request.size));
  if (isRefused(found)) return found;
  const cursorOf = (id: string | null | undefined): string | null => (id === null || id === undefined ? null : context.cursors.seal(binding, id));
  const looking = lookingFor(context);
  const nodes = found.people.map((access) => impactOf(access, looking));
  return {
    nodes,
    pageInfo: {
      hasNextPage: found.next !== null,
      hasPreviousPage: place !== null,
      startCursor: cursorOf(nodes[0]?.userId),
      endCursor: cursorOf(found.next ?? nodes.at(-1)?.userId),
    },
    total: () => lookUp(() => countAtLevelTeam(context, companyId)),
  };
};

/** Some contacts that they would lose, of those that the asking person sees. */
export const sampleOfLosses = async (context: Context, { today, after, looking }: UserImpact): Promise<readonly Contact[] | Refusal> => {
  const asking = await context.visibilityFor(action);
  if (isRefused(asking)) return asking.code === 'FORBIDDEN' ? [] : asking;
  if (today.reach.kind !== 'everything') return [];
  return looking.inTurn(() => context.contacts.lost(asking, after, sampleSize, context.waitMs()));
};

/** What the people of a page share: a few questions to the database at a time, and one count of what everybody sees. */
export type Looking = Readonly<{
  inTurn: FewAtOnce;
  /** How many contacts someone sees, up to 10,000. */
  count(visibility: Visibility): Promise<number>;
}>;

const lookingFor = (context: Context): Looking => {
  const inTurn = fewAtOnce(4);
  const counted = async (visibility: Visibility) => (await inTurn(() => context.contacts.total(visibility, [], context.waitMs()))).count;
  let ofAll: Promise<number> | undefined;
  return { inTurn, count: (visibility) => (visibility.reach.kind === 'everything' ? (ofAll ??= counted(visibility)) : counted(visibility)) };
};

type Found = Readonly<{ people: readonly Access[]; /** Where to go on; null at the end. */ next: string | null }>;

/** Up to `size` people after a place, and whether there are more. */
const atLevelTeam = async (context: Context, companyId: string, place: string | null, size: number): Promise<Found> => {
  const people: Access[] = [];
  let after = place;
  for (let pages = 0; pages < pagesAtOnce; pages += 1) {
    const page = await context.teams.levels(companyId, after, levelsPage);
    people.push(...page.people.filter(isAtTeam));
    if (people.length > size) return { people: people.slice(0, size), next: people[size - 1]?.userId ?? null };
    after = page.people.at(-1)?.userId ?? null;
    if (!page.hasMore || after === null) return { people, next: null };
  }
  return { people, next: after };
};

const countAtLevelTeam = async (context: Context, companyId: string): Promise<number> => {
  let [count, after]: [number, string | null] = [0, null];
  for (;;) {
    const page: Awaited<ReturnType<Context['teams']['levels']>> = await context.teams.levels(companyId, after, levelsPage);
    count += page.people.filter(isAtTeam).length;
    after = page.people.at(-1)?.userId ?? null;
    if (!page.hasMore || after === null) return count;
  }
};

const isAtTeam = ({ levels }: Access): boolean => levels[action] === 'team';

const impactOf = (access: Access, looking: Looking): UserImpact => {
  const { companyId, userId, flags, teamIds, expandedTeamIds, treeVersion } = access;
  const seen = (teamFlag: boolean): Visibility => visibilityOf({ companyId, viewerId: userId, level: access.levels[action], teamFlag, teamIds, expandedTeamIds, treeVersion });
  return { userId, today: seen(flags.cdp_team_permission_enabled), after: seen(true), looking };
};

const readUser = (opened: unknown): string | undefined => (typeof opened === 'string' ? opened : undefined);

const notToBeHad = (): Refusal => unavailable('The people of the company could not be looked up. Try again in a moment.');

const lookUp = async <T>(ask: () => Promise<T>): Promise<T | Refusal> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof PeerUnavailable) return notToBeHad();
    throw error;
  }
};
