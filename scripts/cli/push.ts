import { createHash } from 'node:crypto';
import { apiFlags, type Ask, connectApi, type Job, pushMutation, untilEnded } from './api.ts';
import { type Command, CommandFault, numberOf } from './command.ts';
import { exitOf, summaryOf } from './job.ts';
import { readSquadFile } from './squadFile.ts';

const failuresQuery = `query ($id: ID!, $after: String) { migrationJob(id: $id) { results(outcome: FAILED, first: 100, after: $after) {
  nodes { index companySsoId appIdentifierId reason message } pageInfo { hasNextPage endCursor } } } }`;

type Failure = Readonly<{ index: number; companySsoId: string | null; appIdentifierId: string | null; reason: string | null; message: string | null }>;
type FailurePage = Readonly<{ migrationJob: Readonly<{ results: Readonly<{ nodes: readonly Failure[]; pageInfo: Readonly<{ hasNextPage: boolean; endCursor: string | null }> }> }> }>;

const maxBatch = 10_000;
const mostFailures = 1_000;

/** `push <csv> --app chat|crm` */
export const push: Command = {
  name: 'push',
  usage: 'push <csv> --app chat|crm [--run <id>] [--complete <company>]… [--dry-run]',
  summary: 'pushes the teams of a CSV file as a squad',
  details: `The file is UTF-8 with the header line companySsoId,name,appIdentifierId,parentAppIdentifierId. It is pushed in batches in its order; each waits for the one
before. The keys of the batches follow from the file and the flags: the same command again, also after Ctrl-C or a fault, goes on where it was.
Needs the token of that squad. Ends with 2 when items failed; at most ${String(mostFailures)} of them are listed.`,
  flags: {
    app: { value: 'chat|crm', about: 'whose teams they are' },
    run: { value: '<id>', about: 'count to this run of a trigger; left out, each batch opens its own' },
    complete: { value: '<company>', multiple: true, about: 'all teams of this company have been pushed when this ends; may be given again' },
    'dry-run': { about: 'answer what would happen and touch nothing' },
    batch: { value: '<items>', about: `items of one call, 1–${String(maxBatch)}; default ${String(maxBatch)}` },
    timeout: { value: '<seconds>', about: 'longest time to wait for one batch, 1–86400; default 600' },
    ...apiFlags,
  },
  positionals: [1, 1],
  run: async (invocation) => {
    const { one, all, has, output, signal, positionals } = invocation;
    const app = one('app');
    if (app !== 'chat' && app !== 'crm') throw new CommandFault('USAGE', `--app is ${app === undefined ? 'missing' : JSON.stringify(app)}; it must be chat or crm.`);
    const length = numberOf(invocation, 'batch', { least: 1, most: maxBatch, standard: maxBatch });
    const seconds = numberOf(invocation, 'timeout', { least: 1, most: 86_400, standard: 600 });
    const ask = connectApi(invocation);
    const { items, hash } = readSquadFile(positionals[0] ?? '');
    const completes = all('complete');
    if (items.length === 0 && completes.length === 0) throw new CommandFault('USAGE', `${positionals[0] ?? ''} has no teams; without --complete there is nothing to push.`);
    const settings = createHash('sha256').update(JSON.stringify([hash, app, length, has('dry-run'), one('run') ?? null, completes])).digest('hex');
    const jobs: Job[] = [];
    const failures: (Failure & { line: number })[] = [];
    for (let from = 0; from === 0 || from < items.length; from += length) {
      const isLast = from + length >= items.length;
      const input = {
        app: app.toUpperCase(),
        items: items.slice(from, from + length),
        dryRun: has('dry-run'),
        idempotencyKey: `cli ${settings} ${String(from)}`,
        ...(one('run') !== undefined && { runId: one('run') }),
        ...(isLast && completes.length > 0 && { completes }),
      };
      const { migrateTeams } = await ask<{ migrateTeams: { job: Job } }>(pushMutation, { input });
      const ended = await untilEnded(ask, migrateTeams.job.id, seconds, signal, ({ processed }) => output.progress('push', from + processed, items.length));
      jobs.push(ended);
      output.say(summaryOf(ended));
      if (ended.failed > 0) failures.push(...(await failuresOf(ask, ended.id, mostFailures - failures.length)).map((failure) => ({ ...failure, line: from + failure.index + 2 })));
    }
    for (const { line, reason, message } of failures) output.say(`  team ${String(line - 1)} (line ${String(line)} when no field has line breaks): ${reason ?? ''} ${message ?? ''}`);
    output.json({ app, teams: items.length, ...sumOf(jobs), jobs, failures });
    return Math.max(...jobs.map(exitOf));
  },
};

const failuresOf = async (ask: Ask, id: string, most: number): Promise<readonly Failure[]> => {
  const found: Failure[] = [];
  for (let after: string | null = null; found.length < most; ) {
    const { migrationJob }: FailurePage = await ask<FailurePage>(failuresQuery, { id, after });
    found.push(...migrationJob.results.nodes);
    after = migrationJob.results.pageInfo.endCursor;
    if (!migrationJob.results.pageInfo.hasNextPage) break;
  }
  return found.slice(0, Math.max(most, 0));
};

const sumOf = (jobs: readonly Job[]): Readonly<Record<'created' | 'skipped' | 'failed', number>> => ({
  created: jobs.reduce((sum, { created }) => sum + created, 0),
  skipped: jobs.reduce((sum, { skipped }) => sum + skipped, 0),
  failed: jobs.reduce((sum, { failed }) => sum + failed, 0),
});
