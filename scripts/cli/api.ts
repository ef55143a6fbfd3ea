import { setTimeout as pause } from 'node:timers/promises';
import { CommandFault, type Flags, type Invocation } from './command.ts';

/** Flags of commands that speak to the gateway. */
export const apiFlags: Flags = {
  url: { value: '<url>', about: 'the gateway; ONE_TEAM_URL, else http://127.0.0.1:4000/graphql' },
  token: { value: '<jwt>', about: 'the service token; ONE_TEAM_TOKEN (better: it does not stand in the list of processes)' },
};

/** One question to the gateway; answers its data. */
export type Ask = <Data>(query: string, variables: object) => Promise<Data>;

type Answer<Data> = Readonly<{ data?: Data | null; errors?: readonly Readonly<{ message: string; extensions?: Readonly<{ code?: string }> }>[] }>;

const limitMs = 30_000;

/** @throws CommandFault without a token, or for a URL that is none. */
export const connectApi = ({ one, env, signal }: Invocation): Ask => {
  const url = one('url') ?? env['ONE_TEAM_URL'] ?? 'http://127.0.0.1:4000/graphql';
  const token = one('token') ?? env['ONE_TEAM_TOKEN'] ?? '';
  if (!/^https?:$/.test(protocolOf(url))) throw new CommandFault('USAGE', `--url is ${JSON.stringify(url)}; it must be an http(s) URL such as http://127.0.0.1:4000/graphql.`);
  if (token === '') throw new CommandFault('USAGE', 'There is no token. Give a service token as ONE_TEAM_TOKEN, or as --token <jwt>.');
  return async <Data>(query: string, variables: object): Promise<Data> => {
    const { data, errors = [] } = await send<Answer<Data>>(url, token, { query, variables }, signal);
    const [error] = errors;
    if (error !== undefined) throw new CommandFault(error.extensions?.code ?? 'INTERNAL', error.message);
    if (data === undefined || data === null) throw new CommandFault('INTERNAL', `${url} answered without data.`);
    return data;
  };
};

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : '');

const send = async <Reply>(url: string, token: string, body: object, signal: AbortSignal): Promise<Reply> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    return (await response.json()) as Reply;
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error && error.name === 'TimeoutError' ? `did not answer within ${String(limitMs / 1_000)} s` : 'does not answer as a gateway';
    throw new CommandFault('UNREACHABLE', `${url} ${why}. Is it running, and is the URL right? Repeating the command is safe.`);
  }
};

export type Job = Readonly<{
  id: string; app: string; status: string; dryRun: boolean; runId: string | null; total: number; processed: number;
  created: number; skipped: number; failed: number; cancelled: number; createdAt: string; startedAt: string | null; finishedAt: string | null;
}>;

const jobFields = 'id app status dryRun runId total processed created skipped failed cancelled createdAt startedAt finishedAt';
export const jobQuery = `query ($id: ID!) { migrationJob(id: $id) { ${jobFields} } }`;
export const pushMutation = `mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { ${jobFields} } } }`;

export const hasEnded = ({ status }: Job): boolean => status !== 'PENDING' && status !== 'RUNNING';

/** Reads a job. @throws CommandFault NOT_FOUND. */
export const readJob = async (ask: Ask, id: string): Promise<Job> => {
  const { migrationJob } = await ask<{ migrationJob: Job | null }>(jobQuery, { id });
  if (migrationJob === null) throw new CommandFault('NOT_FOUND', `There is no job ${id} for this token.`);
  return migrationJob;
};

const pollMs = 500;

/** Waits for a job's end, and tells each time how far it is. @throws CommandFault TIMEOUT after `seconds`. */
export const untilEnded = async (ask: Ask, id: string, seconds: number, signal: AbortSignal, onProgress: (job: Job) => void): Promise<Job> => {
  for (const until = performance.now() + seconds * 1_000; ; ) {
    const job = await readJob(ask, id);
    onProgress(job);
    if (hasEnded(job)) return job;
    if (performance.now() > until) {
      throw new CommandFault('TIMEOUT', `Job ${id} is ${job.status} at ${String(job.processed)} of ${String(job.total)} after ${String(seconds)} s; it goes on. See: npm run cli -- job ${id} --watch`);
    }
    await pause(pollMs, undefined, { signal });
  }
};
