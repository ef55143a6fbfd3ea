import { setTimeout as pause } from 'node:timers/promises';
import { apiFlags, type Ask, connectApi } from './api.ts';
import { readRows, readTeams } from './contactsFiles.ts';
import { type Command, CommandFault, type Invocation, numberOf } from './command.ts';
import type { Output } from './output.ts';

const moveFields = `id companySsoId status dryRun total processed createdAt finishedAt report { contacts covered coverage unassigned leftAlone
  unmatchedTeams { legacyTeamId name contacts } ambiguousTeams { legacyTeamId name contacts } }`;
export const loadMutation = 'mutation ($input: LoadLegacyTeamsInput!) { loadLegacyTeams(input: $input) { rows teams } }';
export const startMutation = `mutation ($input: StartLegacyMoveInput!) { startLegacyMove(input: $input) { move { ${moveFields} } } }`;
export const moveQuery = `query ($id: ID!) { legacyMove(id: $id) { ${moveFields} } }`;

type Count = Readonly<{ legacyTeamId: string; name: string | null; contacts: number }>;
type Move = Readonly<{
  id: string; companySsoId: string; status: string; dryRun: boolean; total: number; processed: number; createdAt: string; finishedAt: string | null;
  report: Readonly<{ contacts: number; covered: number; coverage: number; unassigned: number; leftAlone: number; unmatchedTeams: readonly Count[]; ambiguousTeams: readonly Count[] }>;
}>;
type Loaded = Readonly<{ rows: number; teams: number }>;

const pollMs = 500;
const mostListed = 20;

/** `contacts migrate --company <id> …` */
export const contacts: Command = {
  name: 'contacts',
  usage: 'contacts migrate --company <id> [--rows <csv>] [--teams <csv>] [--apply | --no-legacy-rows]',
  summary: 'moves old contacts onto team owners; a dry run unless --apply is given',
  details: `Both files are UTF-8 with a header line: contactKey,crm_team_hierarchy_id and legacyTeamId,name. They are loaded, and then the move runs in the background; without
files it runs over what was loaded before. Loading and moving may be repeated: the same command again, also after Ctrl-C or a fault, changes nothing twice, and
follows a move that still runs. A move only adds team owners, and leaves alone what a person, auto-fill or an owner change has set.
Needs a token with scope contacts:migrate. Ends with 1 when the move failed.`,
  flags: {
    company: { value: '<id>', about: 'the company' },
    rows: { value: '<csv>', about: 'contacts, by id or externalKey, with their legacy teams such as "3,7"' },
    teams: { value: '<csv>', about: 'names of the legacy teams' },
    apply: { about: 'write; without it the report says what would happen' },
    'no-legacy-rows': { about: 'the company has no legacy rows at all: its coverage counts as 100 % (with --apply)' },
    batch: { value: '<items>', about: 'items of one call, 1–10000; default 5000' },
    timeout: { value: '<seconds>', about: 'longest time to follow the move, 1–86400; default 3600' },
    ...apiFlags,
  },
  positionals: [1, 1],
  run: async (invocation) => {
    const { one, has, output, positionals } = invocation;
    if (positionals[0] !== 'migrate') throw new CommandFault('USAGE', `contacts ${JSON.stringify(positionals[0])} is not known; it is contacts migrate.`);
    const companySsoId = one('company');
    if (companySsoId === undefined) throw new CommandFault('USAGE', '--company is missing; it must be the id of the company.');
    const [rowsFile, teamsFile, noLegacyRows] = [one('rows'), one('teams'), has('no-legacy-rows')];
    if (noLegacyRows && rowsFile !== undefined) throw new CommandFault('USAGE', '--no-legacy-rows says that there are none; it does not go with --rows.');
    const length = numberOf(invocation, 'batch', { least: 1, most: 10_000, standard: 5_000 });
    const seconds = numberOf(invocation, 'timeout', { least: 1, most: 86_400, standard: 3_600 });
    const ask = connectApi(invocation);
    // both are read before anything is sent
    const [rows, teams] = [rowsFile === undefined ? [] : readRows(rowsFile), teamsFile === undefined ? [] : readTeams(teamsFile)];
    const loaded = await load(ask, output, companySsoId, { rows, teams }, length);
    if (loaded !== null) output.say(`loaded: ${String(loaded.rows)} rows and ${String(loaded.teams)} names of legacy teams are there now`);
    const input = { companySsoId, dryRun: !has('apply'), noLegacyRows };
    const { startLegacyMove } = await ask<{ startLegacyMove: { move: Move } }>(startMutation, { input });
    const move = await untilEnded(ask, startLegacyMove.move.id, seconds, invocation);
    for (const line of linesOf(move)) output.say(line);
    output.json({ loaded, move });
    return move.status === 'COMPLETED' ? 0 : 1;
  },
};

/** Loads both in batches; null when there is nothing to load. */
const load = async (ask: Ask, output: Output, companySsoId: string, items: Readonly<{ rows: readonly object[]; teams: readonly object[] }>, length: number): Promise<Loaded | null> => {
  let loaded: Loaded | null = null;
  for (const kind of ['teams', 'rows'] as const) {
    for (let from = 0; from < items[kind].length; from += length) {
      const some = items[kind].slice(from, from + length);
      try {
        loaded = (await ask<{ loadLegacyTeams: Loaded }>(loadMutation, { input: { companySsoId, [kind]: some } })).loadLegacyTeams;
      } catch (error) {
        throw error instanceof CommandFault && from > 0 ? new CommandFault(error.code, `${error.message} (places count from item ${String(from)} of the file on)`) : error;
      }
      output.progress(kind, from + some.length, items[kind].length);
    }
  }
  return loaded;
};

/** Follows a move to its end. @throws CommandFault TIMEOUT after so many seconds. */
const untilEnded = async (ask: Ask, id: string, seconds: number, { output, signal }: Invocation): Promise<Move> => {
  for (const until = performance.now() + seconds * 1_000; ; ) {
    const { legacyMove: move } = await ask<{ legacyMove: Move }>(moveQuery, { id });
    output.progress(move.dryRun ? 'dry run' : 'move', move.processed, move.total);
    if (move.status === 'COMPLETED' || move.status === 'FAILED') return move;
    if (performance.now() > until) {
      throw new CommandFault('TIMEOUT', `Move ${id} is ${move.status} at ${String(move.processed)} of ${String(move.total)} after ${String(seconds)} s; it goes on. The same command follows it.`);
    }
    await pause(pollMs, undefined, { signal });
  }
};

const linesOf = ({ id, dryRun, status, total, report }: Move): readonly string[] => [
  `move ${id}${dryRun ? ' (dry run, nothing was written)' : ''}: ${status}, ${String(total)} rows`,
  `  contacts ${String(report.contacts)}, with a team owner ${String(report.covered)}, Unassigned ${String(report.unassigned)}, left alone ${String(report.leftAlone)}`,
  `  coverage ${(Math.floor(report.coverage * 1_000) / 10).toFixed(1)} % (the gate is 95 %)`,
  ...countsOf('unmatched', report.unmatchedTeams),
  ...countsOf('ambiguous', report.ambiguousTeams),
];

const countsOf = (title: string, counts: readonly Count[]): readonly string[] => {
  if (counts.length === 0) return [];
  const shown = counts.slice(0, mostListed).map(({ legacyTeamId, name, contacts: of }) => `    ${legacyTeamId}${name === null ? '' : ` ${JSON.stringify(name)}`}: ${String(of)} contacts`);
  const rest = counts.length - shown.length;
  return [`  ${title} legacy teams: ${String(counts.length)}`, ...shown, ...(rest > 0 ? [`    and ${String(rest)} more; --json has all`] : [])];
};
