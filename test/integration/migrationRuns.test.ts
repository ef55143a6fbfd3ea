import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Service } from '../../subgraphs/shared/viewer.ts';
import { triggerTeamMigration } from '../../subgraphs/teams/commands/triggerTeamMigration.ts';
import { type Background, startBackground } from '../../subgraphs/teams/jobs/background.ts';
import { createSquadClient, type SquadEndpoint, SquadFault } from '../../subgraphs/teams/jobs/squadClient.ts';
import { type TriggerDeps, triggerKey, triggerSquad } from '../../subgraphs/teams/jobs/triggerSquad.ts';
import { addCompany, chat, commandsOf, crm, good, item, pushOf, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

const engineer: Service = { kind: 'service', id: 'engineer', scopes: ['teams:trigger'], platform: 'openapi' };
let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }),
  );
});
type Call = Readonly<{ headers: IncomingMessage['headers']; url: string; body: unknown }>;
/** A squad's endpoint that answers calls in turn, the last way for all that follow; and what it was called with. */
const endpoint = async (...answers: readonly ((response: ServerResponse) => void)[]): Promise<SquadEndpoint & Readonly<{ calls: readonly Call[] }>> => {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const answer = answers[Math.min(calls.length, answers.length - 1)];
      calls.push({ headers: request.headers, url: request.url ?? '', body: JSON.parse(Buffer.concat(parts).toString('utf8')) });
      answer?.(response);
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: new URL(`http://127.0.0.1:${String(address.port)}/trigger?a=b`), token: 'a-service-token', calls };
};
const says = (status: number, headers: Readonly<Record<string, string>> = {}) => (response: ServerResponse): void => void response.writeHead(status, headers).end('{}');
const hangs = (): void => undefined;

// Long enough for an answer on a busy machine; short where nothing is ever answered.
const client = createSquadClient({ allowLoopback: true, timeoutMs: 3_000 });
const impatient = createSquadClient({ allowLoopback: true, timeoutMs: 300 });
afterAll(() => Promise.all([client.close(), impatient.close()]));
const open = async (apps: readonly ('chat' | 'crm')[], companySsoIds: readonly string[] | null): Promise<string> =>
  good(await triggerTeamMigration(migrationDeps(), engineer, { apps, companySsoIds })).id;
const migrationDeps = () => commandsOf(db.database).deps;
const work = (runId: string, app: 'chat' | 'crm', squad: SquadEndpoint | null, rest: Partial<TriggerDeps> = {}, signal = new AbortController().signal): Promise<void> =>
  triggerSquad({ database: db.database, squads: { chat: squad, crm: squad }, client, random: () => 0, pauseMs: 1, ...rest }, app, runId, signal);
const rowsOf = async (runId: string) => {
  const rows = await db.database.prisma.migrationRunCompany.findMany({ where: { runId }, orderBy: [{ app: 'asc' }, { companyRef: 'asc' }] });
  return rows.map(({ app, companyRef, triggerStatus, triggerError }) => ({ app, companyRef, triggerStatus, triggerError }));
};

describe('triggerTeamMigration (OTM-S05)', () => {
  test('opens a run with a row for each squad and company; what is unknown, inactive or not enabled is NOT_ENABLED', async () => {
    const [on, off, inactive] = [await addCompany(db.database), await addCompany(db.database, { enabled: false }), await addCompany(db.database, { isActive: false })];
    const unknown = randomUUID();
    const runId = await open(['chat', 'crm'], [on, off, inactive, unknown, 'nonsense', on.toUpperCase(), on, 'a\u0000b']);
    const rows = await rowsOf(runId);
    const states = (app: string) => Object.fromEntries(rows.filter((row) => row.app === app).map(({ companyRef, triggerStatus }) => [companyRef, triggerStatus]));
    const expected = { [on]: 'PENDING', [off]: 'NOT_ENABLED', [inactive]: 'NOT_ENABLED', [unknown]: 'NOT_ENABLED', nonsense: 'NOT_ENABLED', [on.toUpperCase()]: 'NOT_ENABLED', 'a\ufffdb': 'NOT_ENABLED' };
    expect([states('chat'), states('crm')]).toEqual([expected, expected]);
    expect(await db.database.prisma.migrationRun.findUnique({ where: { id: runId } })).toMatchObject({ triggered: true, app: null });
  });

  test('without companies means all active ones with both flags on, and for one squad is that squad\'s run', async () => {
    const [on, off, inactive] = [await addCompany(db.database), await addCompany(db.database, { enabled: false }), await addCompany(db.database, { isActive: false })];
    const runId = await open(['crm', 'crm'], null);
    const refs = (await rowsOf(runId)).map(({ companyRef }) => companyRef);
    expect(refs).toEqual(expect.arrayContaining([on]));
    expect(refs.filter((ref) => [off, inactive].includes(ref))).toEqual([]);
    expect(await db.database.prisma.migrationRun.findUnique({ where: { id: runId } })).toMatchObject({ app: 'crm' });
    expect(await commandsOf(db.database).migrateTeams(chat, pushOf([item(on, 'a')], { runId }))).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'input.runId' } });
  });

  test('is refused without teams:trigger, without a squad, with an empty list, and with more than 10,000 companies', async () => {
    const refusal = async (viewer: Parameters<typeof triggerTeamMigration>[1], rest: object = {}) => {
      const result = await triggerTeamMigration(migrationDeps(), viewer, { apps: ['chat'], companySsoIds: null, ...rest });
      return 'code' in result ? [result.code, result.details.field] : result;
    };
    expect(await refusal(chat)).toEqual(['FORBIDDEN', undefined]);
    expect(await refusal({ kind: 'person', userId: randomUUID(), companyId: randomUUID(), platform: 'web' })).toEqual(['FORBIDDEN', undefined]);
    expect(await refusal(engineer, { apps: [] })).toEqual(['BAD_USER_INPUT', 'input.apps']);
    expect(await refusal(engineer, { companySsoIds: [] })).toEqual(['BAD_USER_INPUT', 'input.companySsoIds']);
    expect(await refusal(engineer, { companySsoIds: Array.from({ length: 10_001 }, () => 'a') })).toEqual(['BATCH_TOO_LARGE', 'input.companySsoIds']);
  });

  test('that is repeated is a new run, under another key', async () => {
    const company = await addCompany(db.database);
    const squad = await endpoint(says(202));
    const [first, second] = [await open(['chat'], [company]), await open(['chat'], [company])];
    for (const runId of [first, second]) await work(runId, 'chat', squad);
    expect(squad.calls.map(({ headers }) => headers['idempotency-key'])).toEqual([triggerKey(first, 'chat'), triggerKey(second, 'chat')]);
  });
});

describe('calling a squad (OTM-S05)', () => {
  test('posts run and companies with a bearer service token, and 2xx is ACCEPTED', async () => {
    const companies = [await addCompany(db.database), await addCompany(db.database)].toSorted();
    const off = await addCompany(db.database, { enabled: false });
    const squad = await endpoint(says(204));
    const runId = await open(['chat'], [...companies, off]);
    await work(runId, 'chat', squad);
    expect(squad.calls).toMatchObject([
      { url: '/trigger?a=b', headers: { authorization: 'Bearer a-service-token', 'content-type': 'application/json', 'idempotency-key': triggerKey(runId, 'chat') }, body: { runId, companySsoIds: companies } },
    ]);
    expect((await rowsOf(runId)).map(({ triggerStatus }) => triggerStatus).toSorted()).toEqual(['ACCEPTED', 'ACCEPTED', 'NOT_ENABLED']);
    await work(runId, 'chat', squad);
    expect(squad.calls).toHaveLength(1);
  });

  test('a squad that fails, and hangs, is tried three times with one key, with growing pauses; the third try counts', async () => {
    const company = await addCompany(db.database);
    const squad = await endpoint(says(500), hangs, says(200));
    const runId = await open(['crm'], [company]);
    await work(runId, 'crm', squad);
    expect(squad.calls.map(({ headers }) => headers['idempotency-key'])).toEqual(Array.from({ length: 3 }, () => triggerKey(runId, 'crm')));
    expect(await rowsOf(runId)).toEqual([{ app: 'crm', companyRef: company, triggerStatus: 'ACCEPTED', triggerError: null }]);
  });

  test.each([
    ['answers 500', says(500), 'answered 500, at the last of 3 tries'],
    ['redirects', says(307, { location: 'http://127.0.0.1:1/elsewhere' }), 'answered 307; redirects are not followed'],
    ['hangs', hangs, 'did not answer within 300 ms'],
    ['hangs up', (response: ServerResponse): void => void response.socket?.destroy(), 'could not be reached'],
    ['says no', says(401), 'answered 401'],
  ])('ERR-1: a squad that %s is FAILED for each of its companies, with the reason, after three tries', async (_how, answer, reason) => {
    const company = await addCompany(db.database);
    const squad = await endpoint(answer);
    const runId = await open(['chat', 'crm'], [company, 'unknown']);
    await work(runId, 'chat', squad, answer === hangs ? { client: impatient } : {});
    await work(runId, 'crm', await endpoint(says(200)));
    expect(squad.calls).toHaveLength(3);
    const rows = await rowsOf(runId);
    expect(rows.find(({ app, companyRef }) => app === 'chat' && companyRef === company)).toMatchObject({ triggerStatus: 'FAILED', triggerError: expect.stringContaining(reason) });
    expect(rows.find(({ app, companyRef }) => app === 'crm' && companyRef === company)).toMatchObject({ triggerStatus: 'ACCEPTED', triggerError: null });
    expect(rows.filter(({ companyRef }) => companyRef === 'unknown').map(({ triggerStatus }) => triggerStatus)).toEqual(['NOT_ENABLED', 'NOT_ENABLED']);
  });

  test('ERR-1: a squad that is down, or has no endpoint, is FAILED with the reason', async () => {
    const company = await addCompany(db.database);
    const runId = await open(['chat', 'crm'], [company]);
    await work(runId, 'chat', { url: new URL('http://127.0.0.1:9/'), token: 'x' });
    await work(runId, 'crm', null);
    expect((await rowsOf(runId)).map(({ triggerError }) => triggerError)).toEqual([
      'The squad could not be reached (ECONNREFUSED), at the last of 3 tries.',
      'CRM has no trigger endpoint; set CRM_TRIGGER_URL and CRM_TRIGGER_TOKEN for teams.',
    ]);
  });

  test('an answer without end is dropped, and its status counts', async () => {
    const company = await addCompany(db.database);
    const squad = await endpoint((response) => {
      response.writeHead(200);
      const more = (): void => {
        if (response.writable) response.write(Buffer.alloc(65_536), more);
      };
      more();
    });
    const runId = await open(['chat'], [company]);
    await work(runId, 'chat', squad);
    expect([squad.calls.length, (await rowsOf(runId))[0]?.triggerStatus]).toEqual([1, 'ACCEPTED']);
  });

  test('a process that dies between call and record is followed by one that calls with the same key', async () => {
    const company = await addCompany(db.database);
    const squad = await endpoint(hangs, says(200));
    const runId = await open(['chat'], [company]);
    const dying = new AbortController();
    const first = work(runId, 'chat', squad, { client: { call: async (...args) => client.call(...args).finally(() => dying.abort()) } }, dying.signal);
    await expect(first).rejects.toThrow();
    expect((await rowsOf(runId))[0]?.triggerStatus).toBe('PENDING');
    await work(runId, 'chat', squad);
    expect((await rowsOf(runId))[0]?.triggerStatus).toBe('ACCEPTED');
    expect(new Set(squad.calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  test('of two processes with one call, the squad that accepted one of them is ACCEPTED, whoever records last', async () => {
    const company = await addCompany(db.database);
    const [accepting, bad] = [await endpoint(says(200)), await endpoint(says(500))];
    const [one, other] = [await open(['chat'], [company]), await open(['chat'], [company])];
    await Promise.all([work(one, 'chat', accepting), work(one, 'chat', bad)]);
    await Promise.all([work(other, 'chat', bad), work(other, 'chat', accepting)]);
    expect([...(await rowsOf(one)), ...(await rowsOf(other))].map(({ triggerStatus, triggerError }) => [triggerStatus, triggerError])).toEqual([['ACCEPTED', null], ['ACCEPTED', null]]);
  });

  test('HOSTILE 56: never reaches a link-local address, by number or by name, nor loopback in production', async () => {
    const call = (url: string, allowLoopback = true) => {
      const other = createSquadClient({ allowLoopback, timeoutMs: 2_000 });
      const reached = other.call({ url: new URL(url), token: 'x' }, { idempotencyKey: 'k', runId: 'r', companySsoIds: [], signal: new AbortController().signal });
      return reached.finally(() => other.close());
    };
    for (const host of ['169.254.169.254', '2852039166', '0xa9.0xfe.0xa9.0xfe', '[fe80::1]', '[::ffff:169.254.169.254]', '[64:ff9b::a9fe:a9fe]', '[fd00:ec2::254]']) {
      await expect(call(`http://${host}/`)).rejects.toThrow(/link-local/);
    }
    const squad = await endpoint(says(200));
    await call(`http://localhost:${squad.url.port}/`);
    await expect(call(`http://localhost:${squad.url.port}/`, false)).rejects.toThrow(SquadFault);
    await expect(call(`http://localhost:${squad.url.port}/`, false)).rejects.toThrow(/localhost: .* is a loopback address/);
    await expect(call(squad.url.href, false)).rejects.toThrow(/loopback/);
    expect(squad.calls).toHaveLength(1);
  });
});

describe('in the background (OTM-S05)', () => {
  const background = (squads: Readonly<Record<'chat' | 'crm', SquadEndpoint | null>>, timeoutMs = 3_000): Promise<Background> =>
    startBackground({
      database: db.database, databaseUrl: db.url, logger: silent, record: () => undefined, now: Date.now, newId: randomUUID, kafka: null,
      triggers: { squads, allowLoopback: true, random: Math.random, timeoutMs, pauseMs: 10 },
    });
  const settled = async (runId: string, app: string): Promise<string> => {
    for (;;) {
      const row = (await rowsOf(runId)).find((each) => each.app === app);
      if (row?.triggerStatus !== 'PENDING') return row?.triggerStatus ?? '';
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test('the other squad is called while one hangs, and a run that lost its place in the queue is found again', async () => {
    const company = await addCompany(db.database);
    const [hanging, quick] = [await endpoint(hangs), await endpoint(says(200))];
    const lost = await open(['crm'], [company]);
    const running = await background({ chat: hanging, crm: quick }, 20_000);
    const runs = await Promise.all(Array.from({ length: 4 }, () => triggerTeamMigration(running.migration, engineer, { apps: ['chat', 'crm'], companySsoIds: [company] })));
    for (const run of runs) expect(await settled(good(run).id, 'crm')).toBe('ACCEPTED');
    expect(await settled(lost, 'crm')).toBe('ACCEPTED');
    expect((await rowsOf(good(runs[0] ?? runs[1])?.id ?? '')).map(({ triggerStatus }) => triggerStatus)).toEqual(['PENDING', 'ACCEPTED']);
    await running.close();
  });

  test('a process that is closed while a squad hangs leaves the call to the next, with the same key', async () => {
    const company = await addCompany(db.database);
    const squad = await endpoint(hangs, says(200));
    const first = await background({ chat: squad, crm: null }, 20_000);
    const run = good(await triggerTeamMigration(first.migration, engineer, { apps: ['chat'], companySsoIds: [company] }));
    while (squad.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await first.close();
    expect((await rowsOf(run.id))[0]?.triggerStatus).toBe('PENDING');
    const second = await background({ chat: squad, crm: null });
    expect(await settled(run.id, 'chat')).toBe('ACCEPTED');
    const keys = squad.calls.filter(({ body }) => (body as { runId: string }).runId === run.id).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys)).toEqual(new Set([triggerKey(run.id, 'chat')]));
    await second.close();
  });

  test('pushes that name the run count to it by squad and company', async () => {
    const company = await addCompany(db.database);
    const runId = await open(['chat', 'crm'], [company]);
    const { migrateTeams, migrateTeam, work: workJob } = commandsOf(db.database);
    for (const [viewer, app] of [[chat, 'chat'], [crm, 'crm']] as const) {
      const job = good(await migrateTeams(viewer, pushOf([item(company, 'a'), item(company, 'b', { name: '' })], { app, runId })));
      await workJob(job.id);
    }
    good(await migrateTeam(crm, { app: 'crm', item: item(company, 'c'), runId }));
    const rows = await db.database.prisma.migrationRunCompany.findMany({ where: { runId }, orderBy: { app: 'asc' } });
    expect(rows).toMatchObject([
      { app: 'chat', companyRef: company, triggerStatus: 'PENDING', created: 1, skipped: 0, failed: 1 },
      { app: 'crm', companyRef: company, triggerStatus: 'PENDING', created: 2, skipped: 0, failed: 1 },
    ]);
  });
});
