import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import type { Answer, TestTeams } from './teams.ts';

/** A team as mutations answer it. */
export type ChangedTeam = Readonly<{
  id: string;
  name: string;
  version: number;
  source: string;
  referenceId: string | null;
  depth: number;
  parent: Readonly<{ id: string }> | null;
  members: Readonly<{ nodes: readonly Readonly<{ id: string }>[] }>;
}>;

/** What a mutation of the tree answered; `team` and `deleted` are there when it was not refused. */
export type Changed = Readonly<{
  team: ChangedTeam | undefined;
  deleted: Readonly<{ teamId: string; contactsTo: Readonly<{ id: string; version: number }> | null; treeVersion: number }> | undefined;
  /** `code field` of each error. */
  refusals: readonly string[];
  full: Answer['full'];
}>;

type Input = Readonly<Record<string, unknown>>;

const mutations = {
  createTeam: 'CreateTeamInput',
  renameTeam: 'RenameTeamInput',
  moveTeam: 'MoveTeamInput',
  deleteTeam: 'DeleteTeamInput',
  addTeamMembers: 'TeamMembersInput',
  removeTeamMembers: 'TeamMembersInput',
} as const;
export type TreeMutation = keyof typeof mutations;
export const treeMutationNames = Object.keys(mutations) as readonly TreeMutation[];

/** The mutations of the tree through the signed door of a teams subgraph. */
export const treeOf = (teams: TestTeams) => {
  const change = async (viewer: Viewer, mutation: TreeMutation, input: Input): Promise<Changed> => {
    const selection = mutation === 'deleteTeam' ? 'teamId treeVersion contactsTo { id version }' : 'team { id name version source referenceId depth parent { id } members(first: 100) { nodes { id } } }';
    const { data, full } = await teams.ask(viewer, `mutation ($input: ${mutations[mutation]}!) { done: ${mutation}(input: $input) { ${selection} } }`, { input });
    const done = (data as unknown as { done: { team?: ChangedTeam } | null } | null)?.done;
    return {
      team: done?.team,
      deleted: mutation === 'deleteTeam' && done != null ? (done as unknown as NonNullable<Changed['deleted']>) : undefined,
      refusals: full.map(({ extensions }) => [extensions['code'] as string, ...(extensions['field'] === undefined ? [] : [extensions['field'] as string])].join(' ')),
      full,
    };
  };
  const of = (mutation: TreeMutation) => (viewer: Viewer, input: Input) => change(viewer, mutation, input);
  return {
    change,
    create: of('createTeam'),
    rename: of('renameTeam'),
    move: of('moveTeam'),
    remove: of('deleteTeam'),
    addMembers: of('addTeamMembers'),
    removeMembers: of('removeTeamMembers'),
  };
};

/** The one team of an answer that must not be a refusal. */
export const teamOf = ({ team, refusals, full }: Changed): ChangedTeam => {
  if (team === undefined) throw new Error(`refused: ${refusals.join()} ${full[0]?.message ?? ''}`);
  return team;
};

/** Everything that a company has written, to show that a refusal left nothing behind. */
export const writtenOf = async ({ prisma }: Database, companyId: string) => ({
  teams: await prisma.team.findMany({ where: { companyId }, orderBy: { id: 'asc' } }),
  members: await prisma.teamUser.findMany({ where: { companyId }, orderBy: [{ teamId: 'asc' }, { userId: 'asc' }] }),
  events: await prisma.event.count({ where: { companyId } }),
  audit: await prisma.auditEntry.count({ where: { companyId } }),
  deleted: await prisma.deletedTeam.count({ where: { companyId } }),
  tombstones: await prisma.teamTombstone.count({ where: { companyId } }),
  keys: await prisma.idempotencyKey.count({ where: { companyId } }),
  treeVersion: (await prisma.company.findUniqueOrThrow({ where: { id: companyId } })).treeVersion,
});

/** A company's events since the last look, oldest first, as `type` with payload. */
export const eventsOf = ({ prisma }: Database, companyId: string) => {
  let seen = 0n;
  return async () => {
    const rows = await prisma.event.findMany({ where: { companyId, written: { gt: seen } }, orderBy: { written: 'asc' } });
    seen = rows.at(-1)?.written ?? seen;
    return rows.map(({ eventType, aggregateType, aggregateId, payload }) => ({ type: eventType, aggregateType, aggregateId, payload: payload as Readonly<Record<string, unknown>> }));
  };
};

/** The same of its audit log: kind, actor, subject, before and after. */
export const auditOf = ({ prisma }: Database, companyId: string) => {
  const seen = new Set<string>();
  return async () => {
    const rows = await prisma.auditEntry.findMany({ where: { companyId } });
    const fresh = rows.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh.map(({ kind, actorId, subjectId, before, after }) => ({ kind, actorId, subjectId, before, after }));
  };
};
