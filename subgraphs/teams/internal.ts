import type { Handler } from '../shared/peer.ts';
import type { TeamsApi } from '../shared/teamsApi.ts';
import { isUuid } from '../shared/text.ts';
import { findAccess, findUserTeams } from './store/access.ts';
import type { Reader } from './store/database.ts';
import { findActiveUserIds } from './store/people.ts';
import { findAncestorIds, findDescendantIds } from './store/tree.ts';

type Reads = 'access' | 'userTeams' | 'people' | 'ancestors' | 'descendants';

/** What other processes may ask about people and teams, with verified calls only (SPEC §4). Ids that are none of ours are unknown, not faults. */
export const internalHandlers = (reader: Reader): Readonly<Record<Reads, Handler>> => ({
  access: answering<'access'>(async ({ companyId, userId, withTeams }) => ({
    access: isUuid(companyId) && isUuid(userId) ? await findAccess(reader, { companyId, userId, withTeams }) : null,
  })),
  userTeams: answering<'userTeams'>(async ({ companyId, userId }) => ({
    teamIds: isUuid(companyId) && isUuid(userId) ? await findUserTeams(reader, { companyId, userId }) : null,
  })),
  people: answering<'people'>(async ({ companyId, userIds }) => ({
    active: isUuid(companyId) ? await findActiveUserIds(reader, { kind: 'company', companyId }, userIds.filter(isUuid)) : [],
  })),
  ancestors: answering<'ancestors'>(async ({ companyId, teamIds }) => {
    if (!isUuid(companyId)) return { treeVersion: 0, ancestors: {} };
    const { treeVersion, ancestors } = await findAncestorIds(reader, { kind: 'company', companyId }, teamIds.filter(isUuid));
    return { treeVersion, ancestors: Object.fromEntries(ancestors) };
  }),
  descendants: answering<'descendants'>(async ({ companyId, teamId }) =>
    isUuid(companyId) && isUuid(teamId) ? findDescendantIds(reader, { kind: 'company', companyId }, teamId) : { treeVersion: 0, teamIds: [] },
  ),
});

/** The caller is one of our own processes and has signed the body: its shape is the agreed one. */
const answering =
  <Name extends Reads>(answer: (request: TeamsApi[Name]['request']) => Promise<TeamsApi[Name]['reply']>): Handler =>
  async (_claims, body) => ({ status: 200, body: await answer(body as TeamsApi[Name]['request']) });
