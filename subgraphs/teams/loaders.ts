import DataLoader from 'dataloader';
import { isUuid } from '../shared/text.ts';
import { groupBy } from './domain/groups.ts';
import { createMigrationLoaders, type MigrationLoaders } from './migrationLoaders.ts';
import type { Reader } from './store/database.ts';
import { findMembers, findUsers, type MembersPage, type UserPlace, type UserRow } from './store/people.ts';
import { type CompanyReach, findTeams, findTeamsOfUsers, reaches, type TeamReach, type TeamRow } from './store/teams.ts';
import { type BelowPage, type BelowQuery, findBelow, findLineages } from './store/tree.ts';

/** What stands above a team. */
export type Lineage = Readonly<{
  /** Root first, without the team itself; only those within reach. */
  ancestors: readonly TeamRow[];
  /** Names from the root to the team, of all of them. */
  path: readonly string[];
}>;

type OfTeam<Query> = Readonly<{ teamId: string; query: Query }>;
type MembersQuery = Readonly<{ after: UserPlace | null; limit: number }>;

/** Batched reads of one request, bound to what its viewer may reach. Whatever is out of reach, or has no UUID for id, is null. */
export type Loaders = MigrationLoaders & Readonly<{
  team: DataLoader<string, TeamRow | null>;
  lineage: DataLoader<string, Lineage>;
  below: DataLoader<OfTeam<BelowQuery>, BelowPage, string>;
  members: DataLoader<OfTeam<MembersQuery>, MembersPage, string>;
  user: DataLoader<string, UserRow | null>;
  teamsOfUser: DataLoader<string, readonly TeamRow[]>;
}>;

const nothing = { rows: [], total: 0 } as const;

/** One set per request. A page of 100 teams costs as many statements as one team. */
export const createLoaders = (reader: Reader, reach: TeamReach): Loaders => ({
  ...createMigrationLoaders(reader),
  team: new DataLoader(async (ids) => inOrder(ids, await findTeams(reader, reach, ids.filter(isUuid)), ({ id }) => id)),
  lineage: new DataLoader(async (ids) => {
    const steps = groupBy(await findLineages(reader, reach, ids), ({ below }) => below);
    return ids.map((id) => {
      const line = steps.get(id) ?? [];
      return { ancestors: line.filter((step) => step.steps > 0 && reaches(reach, step)), path: line.map(({ name }) => name) };
    });
  }),
  below: pagesOf(reach, (company, ids, query) => findBelow(reader, company, ids, query)),
  members: pagesOf(reach, (company, ids, query) => findMembers(reader, company, ids, query)),
  user: new DataLoader(async (ids) => (reach.kind === 'company' ? inOrder(ids, await findUsers(reader, reach, ids.filter(isUuid)), ({ id }) => id) : ids.map(() => null))),
  teamsOfUser: new DataLoader(async (ids) => {
    if (reach.kind !== 'company') return ids.map(() => []);
    const teams = groupBy(await findTeamsOfUsers(reader, reach, ids), ({ userId }) => userId);
    return ids.map((id) => teams.get(id) ?? []);
  }),
});

const inOrder = <Row>(ids: readonly string[], rows: readonly Row[], idOf: (row: Row) => string): (Row | null)[] => {
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  return ids.map((id) => byId.get(id) ?? null);
};

/** Pages below teams: one read for all teams that are asked for the same page. */
const pagesOf = <Query, Page>(
  reach: TeamReach,
  read: (company: CompanyReach, ids: readonly string[], query: Query) => Promise<ReadonlyMap<string, Page>>,
): DataLoader<OfTeam<Query>, Page | typeof nothing, string> =>
  new DataLoader(
    async (keys: readonly OfTeam<Query>[]) => {
      if (reach.kind !== 'company') return keys.map(() => nothing);
      const pages = new Map<string, Page>();
      const readGroup = async ([query, group]: readonly [string, readonly OfTeam<Query>[]]): Promise<void> => {
        const [first] = group;
        if (first === undefined) return;
        const found = await read(reach, group.map(({ teamId }) => teamId), first.query);
        for (const [teamId, page] of found) pages.set(`${teamId} ${query}`, page);
      };
      await Promise.all([...groupBy(keys, ({ query }) => JSON.stringify(query))].map(readGroup));
      return keys.map((key) => pages.get(keyOf(key)) ?? nothing);
    },
    { cacheKeyFn: keyOf },
  );

const keyOf = ({ teamId, query }: OfTeam<unknown>): string => `${teamId} ${JSON.stringify(query)}`;

/** Makes a request read anew what it asks for next: it has changed something. */
export const forgetLoaded = (loaders: Loaders): void => {
  for (const loader of Object.values(loaders)) loader.clearAll();
};
