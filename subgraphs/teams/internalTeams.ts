import { isRefused } from '../shared/errors.ts';
import type { Handler } from '../shared/peer.ts';
import { type AuditRecord, auditKinds, type TeamsApi } from '../shared/teamsApi.ts';
import { isUuid } from '../shared/text.ts';
import { readInstant } from './domain/instant.ts';
import { insertAuditEntries } from './store/auditEntries.ts';
import type { Database } from './store/database.ts';
import { findStanding } from './store/deletedTeams.ts';
import { findTeamsById } from './store/teams.ts';

type Operations = 'standing' | 'teams' | 'audit';

/** What contacts asks and tells about teams and the audit log, with verified calls only (SPEC §4). Ids that are none of ours are unknown, not faults. */
export const internalTeamHandlers = (database: Database): Readonly<Record<Operations, Handler>> => ({
  standing: answering<'standing'>(async ({ companyId, teamIds }) => {
    if (!isUuid(companyId)) return { treeVersion: 0, standing: {} };
    const { treeVersion, standing } = await findStanding(database.prisma, { kind: 'company', companyId }, teamIds.filter(isUuid));
    return { treeVersion, standing: Object.fromEntries(standing) };
  }),
  teams: answering<'teams'>(async ({ companyId, after, limit }) => {
    if (!isUuid(companyId) || (after !== null && !isUuid(after))) return { treeVersion: 0, teams: [], hasMore: false };
    const size = Math.min(Math.max(limit, 1), mostTeams);
    const { treeVersion, teams } = await findTeamsById(database.prisma, { kind: 'company', companyId }, after, size + 1);
    return { treeVersion, teams: teams.slice(0, size), hasMore: teams.length > size };
  }),
  audit: answering<'audit'>(async ({ entries }) => {
    const stored = entries.filter(isStorable);
    await database.transaction((tx) => insertAuditEntries(tx, stored));
    return { acknowledged: stored.map(({ id }) => id) };
  }),
});

const mostTeams = 1_000;

/** An entry that the log cannot keep is not acknowledged; it never holds up the others. */
const isStorable = ({ id, companyId, kind, occurredAt, actorId, actorService, ...rest }: AuditRecord): boolean =>
  isUuid(id) &&
  isUuid(companyId) &&
  auditKinds.includes(kind) &&
  !isRefused(readInstant('occurredAt', occurredAt)) &&
  (actorId === null || (isUuid(actorId) && actorService === null)) &&
  // what jsonb refuses
  !/\\u(?:0000|d[89a-f])/i.test(JSON.stringify([actorService, rest]));

/** The caller is one of our own processes and has signed the body: its shape is the agreed one. */
const answering =
  <Name extends Operations>(answer: (request: TeamsApi[Name]['request']) => Promise<TeamsApi[Name]['reply']>): Handler =>
  async (_claims, body) => ({ status: 200, body: await answer(body as TeamsApi[Name]['request']) });
