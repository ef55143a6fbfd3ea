import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createClient, type FormattedExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';
import { subscribeMigrationJobProgress } from '../../gateway/migrationJobProgress.ts';
import type { ProgressHub, ProgressListener } from '../../gateway/progressHub.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import type { Endpoint } from '../../subgraphs/shared/peer.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import type { JobProgress } from '../../subgraphs/shared/teamsApi.ts';
import type { Service } from '../../subgraphs/shared/viewer.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { startTestGateway } from '../support/gateway.ts';
import { addCompany, chat, commandsOf, good, item, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { testIssuer } from '../support/tokens.ts';

type Progress = { migrationJobProgress: { processed: number; total: number; job: { status: string; created: number } | null } | null };
type Result = FormattedExecutionResult<Progress>;

const selection = 'migrationJobProgress(id: $id) { processed total job { status created } }';
const issuer = await testIssuer();
const logger = createLogger({ name: 'test', level: 'silent' });
let db: TestDatabase;
let company: string;
let teams: Part;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
/** Operations that the gateway asked of teams. */
const asked: string[] = [];

beforeAll(async () => {
  db = await freshDatabase();
  company = await addCompany(db.database);
  teams = await buildTeams({
    databaseUrl: db.url, poolSize: 8, keys: testKeys, cursorSecrets: testKeys, kafka: null, logger, metrics: createMetrics('teams', logger), now: Date.now, newId: randomUUID,
  });
  const counted: Endpoint = (operation, body, token) => {
    asked.push(operation);
    return teams.endpoint(operation, body, token);
  };
  gateway = await startTestGateway({ teams: counted, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate, deadlineMs: 60_000 });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await teams.close();
  await db.close();
}, 30_000);

const token = (sub: string, scope: string, expiresIn = 300) => issuer.mint({ sub, scope }, { expiresIn });
const squad = () => token(chat.id, 'teams:migrate:chat');

/** Follows a job over a socket of its own: what came, in order, and how it ended. */
const follow = (bearer: string, id: string, url = gateway.socketUrl) => {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { authorization: `Bearer ${bearer}` } });
  const results: Result[] = [];
  let heard: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const ended = new Promise<unknown>((resolve) => {
    client.subscribe<Progress>(
      { query: `subscription ($id: ID!) { ${selection} }`, variables: { id } },
      {
        next: (result) => {
          results.push(result as Result);
          heard();
        },
        error: resolve,
        complete: () => resolve('complete'),
      },
    );
  });
  return { results, first, ended, states: () => results.map(({ data }) => data?.migrationJobProgress), close: () => client.dispose() };
};

const push = async (count: number, prefix: string): Promise<string> => {
  const items = Array.from({ length: count }, (_, n) => ({ companySsoId: company, name: `Team ${String(n)}`, appIdentifierId: `${prefix}-${String(n)}` }));
  const query = 'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id } } }';
  const { data, errors } = await gateway.ask(query, await squad(), { input: { app: 'CHAT', items } });
  if (!data) throw new Error(JSON.stringify(errors));
  return (data as { migrateTeams: { job: { id: string } } }).migrateTeams.job.id;
};

/** A job that nobody works until the test does, chunk by chunk: its piece in the queue is not due. */
const idleJob = async (count: number, prefix: string) => {
  const commands = commandsOf(db.database);
  const held = good(await commands.migrateTeams(chat, pushOf(Array.from({ length: count }, (_, n) => item(company, `${prefix}-${String(n)}`)))));
  await db.database.prisma.$executeRaw`INSERT INTO pgboss.job (name, singleton_key, start_after) VALUES ('migrate-teams', ${held.id}, now() + interval '1 hour')`;
  return { id: held.id, work: () => commands.work(held.id, { chunkLength: 10 }) };
};

const settled = (check: () => boolean, ms = 10_000): Promise<void> =>
  new Promise((resolve, reject) => {
    const until = Date.now() + ms;
    const look = (): void => {
      if (check()) resolve();
      else if (Date.now() > until) reject(new Error('it did not come to be'));
      else setTimeout(look, 10);
    };
    look();
  });

describe('OTM-S05: subscription migrationJobProgress', () => {
  test('shows a push of 10,000 items at once and after chunks, never backwards, and completes with its end', async () => {
    const id = await push(10_000, 'big');
    const [mine, engineers] = [follow(await squad(), id), follow(await token('engineer', 'teams:trigger'), id)];
    expect(await Promise.all([mine.ended, engineers.ended])).toEqual(['complete', 'complete']);
    for (const { results, states } of [mine, engineers]) {
      expect(results.flatMap(({ errors = [] }) => errors)).toEqual([]);
      const counts = states().map((state) => state?.processed ?? -1);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(new Set(counts.slice(0, -1)).size).toBeGreaterThanOrEqual(4);
      expect(states().at(-1)).toEqual({ processed: 10_000, total: 10_000, job: { status: 'COMPLETED', created: 10_000 } });
    }
    const again = follow(await squad(), id);
    expect(await again.ended).toBe('complete');
    expect(again.states()).toEqual([{ processed: 10_000, total: 10_000, job: { status: 'COMPLETED', created: 10_000 } }]);
    const { data } = await gateway.ask('query ($id: ID!) { migrationJob(id: $id) { processed total } }', await squad(), { id });
    expect(data).toEqual({ migrationJob: { processed: 10_000, total: 10_000 } });
    for (const { close } of [mine, engineers, again]) await close();
  }, 60_000);

  test('tells that a job was cancelled, and completes', async () => {
    const { id } = await idleJob(30, 'cancelled');
    const one = follow(await squad(), id);
    await one.first;
    good(await commandsOf(db.database).cancelJob(chat, id));
    expect(await one.ended).toBe('complete');
    expect(one.states().at(-1)).toMatchObject({ processed: 30, total: 30, job: { status: 'CANCELLED' } });
    await one.close();
  });

  test('asks teams for a job once at a time, however many subscribers it has, and no more when the last has left', async () => {
    const { id } = await idleJob(20, 'shared');
    const many = await Promise.all(Array.from({ length: 20 }, async () => follow(await squad(), id)));
    await Promise.all(many.map(({ first }) => first));
    await settled(() => asked.at(-1) === 'jobProgress' || asked.includes('jobProgress'));
    const before = asked.filter((operation) => operation === 'jobProgress').length;
    await db.database.prisma.migrationJob.update({ where: { id }, data: { created: 1 } });
    await settled(() => many.every(({ states }) => states().at(-1)?.processed === 1));
    expect(asked.filter((operation) => operation === 'jobProgress').length - before).toBeLessThanOrEqual(2);
    for (const { close } of many) await close();
    // the question in progress is answered once more; nothing is asked after it
    await db.database.prisma.migrationJob.update({ where: { id }, data: { created: 2 } });
    const left = asked.length;
    await db.database.prisma.migrationJob.update({ where: { id }, data: { status: 'CANCELLED', finishedAt: new Date() } });
    const other = follow(await squad(), id);
    expect(await other.ended).toBe('complete');
    expect(asked.slice(left).filter((operation) => operation === 'jobProgress')).toHaveLength(1);
    await other.close();
  });

  test('ends with NOT_FOUND when the job is removed meanwhile', async () => {
    const { id } = await idleJob(5, 'removed');
    const one = follow(await squad(), id);
    await one.first;
    await db.database.prisma.migrationJob.delete({ where: { id } });
    expect(await one.ended).toBe('complete');
    expect(one.results.at(-1)).toMatchObject({ data: null, errors: [{ extensions: { code: 'NOT_FOUND', status: 404 } }] });
    await one.close();
  });

  test('closes with 4403 when the token expires', async () => {
    const { id } = await idleJob(5, 'expired');
    const one = follow(await token(chat.id, 'teams:migrate:chat', 1), id);
    expect(await one.ended).toMatchObject({ code: 4403, reason: 'The token has expired.' });
    await one.close();
    await commandsOf(db.database).cancelJob(chat, id);
  });

  test('a subscriber that reads slowly gets the newest state, not each step on the way', async () => {
    let tell: ProgressListener = () => undefined;
    let left = 0;
    const at = (processed: number, status = 'RUNNING'): JobProgress => ({ status, processed, total: 9 });
    const progress: ProgressHub = {
      read: () => Promise.resolve(at(0)),
      follow: (_id, _viewer, _known, listener) => {
        tell = listener;
        return () => (left += 1);
      },
      listeners: () => 0,
      close: () => undefined,
    };
    const opened = good(await subscribeMigrationJobProgress(randomUUID(), { viewer: chat, progress, now: Date.now, deadlineMs: 1_000 }));
    const sent: string[] = [];
    let go: () => void = () => undefined;
    const reading = () => new Promise<void>((resolve) => {
      go = resolve;
    });
    const send = (payload: string): Promise<void> => {
      sent.push(payload);
      return reading();
    };
    const running = opened.run({ asksSubgraphs: () => false, ahead: () => undefined, of: (_key, event) => Promise.resolve({ payload: JSON.stringify(event()), isFault: false }) }, send, new AbortController().signal);
    // each is read when it is asked for; then the next may be sent
    const next = async (): Promise<number | undefined> => {
      go();
      await settled(() => sent.length > 0);
      return (JSON.parse(sent.shift() ?? 'null') as Progress | null)?.migrationJobProgress?.processed;
    };
    expect(await next()).toBe(0);
    const waiting = next();
    tell(at(1));
    expect(await waiting).toBe(1);
    for (const processed of [2, 3, 4]) tell(at(processed));
    expect(await next()).toBe(4);
    for (const state of [at(5), at(9, 'COMPLETED')]) tell(state);
    expect(await next()).toBe(9);
    go();
    await running;
    expect(left).toBe(1);
  });

  test.each([
    ['another squad', 'crm-squad', 'teams:migrate:crm', 'NOT_FOUND'],
    ['another service of the same app', 'someone-else', 'teams:migrate:chat', 'NOT_FOUND'],
    ['a service without the scope', chat.id, 'flags:write', 'FORBIDDEN'],
  ])('%s is refused', async (_name, sub, scope, code) => {
    const { id } = await idleJob(1, `refused-${code}-${sub}`);
    const one = follow(await token(sub, scope), id);
    expect(await one.ended).toMatchObject([{ extensions: { code } }]);
    expect(one.results).toEqual([]);
    await one.close();
  });

  test.each([['an unknown id', randomUUID()], ['what is no id', 'X'], ['an upper-case one', randomUUID().toUpperCase()]])('%s is NOT_FOUND', async (_name, id) => {
    const one = follow(await squad(), id);
    expect(await one.ended).toMatchObject([{ extensions: { code: 'NOT_FOUND', status: 404 } }]);
    await one.close();
  });

  test('a person is FORBIDDEN', async () => {
    const { id } = await idleJob(1, 'person');
    const sub = randomUUID();
    await db.database.prisma.user.create({ data: { id: sub, companyId: company, email: 'a@example.test', fullName: 'A', nameKey: 'a', role: 'OWNER' } });
    const one = follow(await issuer.mint({ sub, company_sso_id: company }), id);
    expect(await one.ended).toMatchObject([{ extensions: { code: 'FORBIDDEN', status: 403 } }]);
    await one.close();
  });
});

describe('internal operation jobProgress', () => {
  const progress = async (viewer: Service | null, body: object): Promise<unknown> => {
    const { connectInProcess } = await import('../../subgraphs/shared/peer.ts');
    const peer = connectInProcess({ caller: 'gateway', audience: 'teams', keys: testKeys, now: Date.now }, teams.endpoint);
    return (await peer.call({ operation: 'jobProgress', body, viewer, deadline: Date.now() + 20_000, correlationId: 'test' })).body;
  };

  test('answers nothing to the system, and waits for a commit that moves the job on', async () => {
    const { id, work } = await idleJob(10, 'internal');
    const known = { status: 'PENDING', processed: 0, total: 10 };
    expect(await progress(null, { jobId: id, known: null, waitMs: 0 })).toEqual({ progress: null });
    expect(await progress(chat, { jobId: id, known: null, waitMs: 0 })).toEqual({ progress: known });
    expect(await progress(chat, { jobId: id, known, waitMs: 50 })).toEqual({ progress: known });
    const waiting = progress(chat, { jobId: id, known, waitMs: 20_000 });
    await work();
    const { progress: moved } = (await waiting) as { progress: { status: string } };
    expect(['RUNNING', 'COMPLETED']).toContain(moved.status);
  });
});
