import { randomUUID } from 'node:crypto';
import type { NamedTeam } from '../../subgraphs/shared/teamsApi.ts';
import type { Service } from '../../subgraphs/shared/viewer.ts';
import { addCompany, type GraphQLAnswer, type Harness, service } from './contactsHarness.ts';

export const migrator: Service = service('contacts:migrate');

/** The report of a move, as `moveFields` selects it. */
export type Move = Readonly<{
  id: string;
  status: string;
  dryRun: boolean;
  total: number;
  processed: number;
  finishedAt: string | null;
  report: Readonly<{ contacts: number; covered: number; coverage: number; unassigned: number; leftAlone: number; unmatchedTeams: readonly object[]; ambiguousTeams: readonly object[] }>;
}>;

const moveFields = `id companySsoId status dryRun total processed createdAt finishedAt
  report { contacts covered coverage unassigned leftAlone unmatchedTeams { legacyTeamId name contacts } ambiguousTeams { legacyTeamId name contacts } }`;

export const load = (harness: Harness, companySsoId: string, rows: readonly object[], teams: readonly object[] = [], viewer = migrator): Promise<GraphQLAnswer> =>
  harness.ask(viewer, 'mutation($input: LoadLegacyTeamsInput!) { loadLegacyTeams(input: $input) { rows teams } }', { input: { companySsoId, rows, teams } });

export const start = (harness: Harness, companySsoId: string, input: object = {}, viewer = migrator): Promise<GraphQLAnswer> =>
  harness.ask(viewer, `mutation($input: StartLegacyMoveInput!) { startLegacyMove(input: $input) { move { ${moveFields} } } }`, { input: { companySsoId, ...input } });

export const startedMove = ({ data, errors }: GraphQLAnswer): Move => {
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (data as unknown as { startLegacyMove: { move: Move } }).startLegacyMove.move;
};

export const readMove = async (harness: Harness, id: string): Promise<Move> => {
  const { data } = await harness.ask(migrator, `query($id: ID!) { legacyMove(id: $id) { ${moveFields} } }`, { id });
  return (data as unknown as { legacyMove: Move }).legacyMove;
};

/** Asks until something holds. */
export const askUntil = async <T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Starts a move and waits for its end. */
export const runMove = async (harness: Harness, companySsoId: string, input: object): Promise<Move> => {
  const { id } = startedMove(await start(harness, companySsoId, input));
  return askUntil(() => readMove(harness, id), ({ status }) => status === 'COMPLETED' || status === 'FAILED');
};

export type TeamPlan = Readonly<{ name: string; source?: NamedTeam['source']; referenceId?: string }>;

/** A company with teams of some names. */
export const companyWithTeams = (harness: Harness, plans: readonly TeamPlan[]) => {
  const named = new Map(plans.map(({ name, source = 'Launchpad', referenceId = null }) => [randomUUID(), { name, source, referenceId }] as const));
  const home = addCompany(harness.teams, new Map([...named.keys()].map((id) => [id, null])));
  home.company.named = named;
  return { ...home, teamIds: [...named.keys()] };
};
