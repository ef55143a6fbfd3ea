import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isRefused } from '../../subgraphs/shared/errors.ts';
import { redriveDeadLetter } from '../../subgraphs/teams/commands/redriveDeadLetter.ts';
import { redriveTeamEvents } from '../../subgraphs/teams/commands/redriveTeamEvents.ts';
import { kafkaPublication } from '../../subgraphs/teams/events/publicationName.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { listDeadLetters } from '../../subgraphs/teams/store/deadLetters.ts';
import { countParked } from '../../subgraphs/teams/store/parkedCompanies.ts';
import { type Command, CommandFault, type Invocation, numberOf } from './command.ts';
import { databaseFlags, withDatabase } from './database.ts';

const kinds = ['company_event', 'team_event', 'general_team'];
const publication = kafkaPublication;
const pollMs = 250;

/** `dead-letters [list|redrive [id]]` */
export const deadLetters: Command = {
  name: 'dead-letters',
  usage: 'dead-letters [list|redrive [<id>]]',
  summary: 'lists what could not be worked, or works it again',
  details: `list (default) shows what is parked, the oldest first. redrive has a running teams process send the parked team events and what waits behind them, in order, and
waits for it: mend the cause first (such as max.message.bytes of the topic). redrive <id> works one dead letter of kind company_event or general_team again. Ends with 1 when some are refused again or not tried in time.`,
  flags: {
    kind: { value: kinds.join('|'), about: 'list only this kind' },
    all: { about: 'list also what has gone out since' },
    limit: { value: '<count>', about: 'list at most so many, 1–1000; default 100' },
    company: { value: '<id>', multiple: true, about: 'redrive only this company; may be given again' },
    timeout: { value: '<seconds>', about: 'longest time to wait for a redrive, 1–3600; default 60' },
    ...databaseFlags,
  },
  positionals: [0, 2],
  run: (invocation) => {
    const [what = 'list', id] = invocation.positionals;
    if (what === 'redrive' && id !== undefined) return withDatabase(invocation, (database) => redriveOne(invocation, database, id));
    if (id !== undefined) throw new CommandFault('USAGE', `dead-letters ${what} takes no id; it has ${JSON.stringify(id)}.`);
    if (what === 'list') return withDatabase(invocation, (database) => list(invocation, database));
    if (what === 'redrive') return withDatabase(invocation, (database) => redrive(invocation, database));
    throw new CommandFault('USAGE', `dead-letters ${JSON.stringify(what)} is not known; it is list or redrive.`);
  },
};

const list = async (invocation: Invocation, { prisma }: Database): Promise<number> => {
  const { one, has, output } = invocation;
  const kind = one('kind') ?? null;
  if (kind !== null && !kinds.includes(kind)) throw new CommandFault('USAGE', `--kind is ${JSON.stringify(kind)}; it must be one of ${kinds.join(', ')}.`);
  const limit = numberOf(invocation, 'limit', { least: 1, most: 1_000, standard: 100 });
  const letters = await listDeadLetters(prisma, { kind, withRedriven: has('all'), limit });
  for (const { id, kind: of, reference, companyId, error, tries, parkedAt, redrivenAt } of letters) {
    const state = redrivenAt === null ? 'parked' : `out since ${redrivenAt.toISOString()}`;
    output.say(`${id} ${parkedAt.toISOString()} ${of} ${reference} company ${companyId ?? '–'} after ${String(tries)} tries, ${state}: ${error}`);
  }
  if (letters.length === 0) output.say('There are no dead letters.');
  // content is left out: what came from outside may hold personal data
  output.json({ deadLetters: letters.map(({ content: _content, ...letter }) => letter) });
  return 0;
};

const redrive = async (invocation: Invocation, database: Database): Promise<number> => {
  const { all, has, output, signal } = invocation;
  const seconds = numberOf(invocation, 'timeout', { least: 1, most: 3_600, standard: 60 });
  const companyIds = has('company') ? all('company') : null;
  const asked = await redriveTeamEvents(database, { publication, companyIds });
  if (isRefused(asked)) throw new CommandFault(asked.code, asked.message);
  const { companies } = asked;
  let now = await countParked(database.prisma, publication, companyIds);
  for (const until = performance.now() + seconds * 1_000; now.waiting > 0 && performance.now() < until; ) {
    output.progress('redrive', companies - now.waiting, companies);
    await pause(pollMs, undefined, { signal });
    now = await countParked(database.prisma, publication, companyIds);
  }
  const { parked, waiting } = now;
  const refused = parked - waiting;
  output.say(
    companies === 0
      ? 'No company is parked.'
      : `${String(companies)} companies: ${String(Math.max(companies - parked, 0))} are out, ${String(refused)} are refused again, ${String(waiting)} were not tried within ${String(seconds)} s (is a teams process with KAFKA_BROKERS running?).`,
  );
  output.json({ companies, out: Math.max(companies - parked, 0), refused, waiting });
  return parked === 0 ? 0 : 1;
};

const redriveOne = async ({ output }: Invocation, database: Database, id: string): Promise<number> => {
  // a running teams process finds what is written by itself
  const outcome = await redriveDeadLetter({ database, now: Date.now, newId: randomUUID, record: () => undefined, wakeRelay: () => undefined }, id);
  if (isRefused(outcome)) throw new CommandFault(outcome.code, outcome.message);
  output.say(`Dead letter ${id}: ${outcome}.`);
  output.json({ id, outcome });
  return outcome === 'failed' || outcome === 'exhausted' ? 1 : 0;
};
