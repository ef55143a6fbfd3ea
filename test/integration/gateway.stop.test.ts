import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type DemoIssuer, startIssuer } from '../../embedded/issuer.ts';
import { supergraphSdl } from '../../gateway/supergraph.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { servePart } from '../../subgraphs/shared/process.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type HttpDouble, startHttpDouble } from '../support/httpDouble.ts';
import { type Running, startProcess } from '../support/severalProcess.ts';
import { createFeedDouble, subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const [ana, company] = [testId(1), testId(2)];
const feed = createFeedDouble();
const logger = createLogger({ name: 'test', level: 'silent' });
const metrics = createMetrics('test', logger);
const team = '{ team(id: "t1") { name } }';
const resolvers = { Query: { team: (_: unknown, { id }: { id: string }) => ({ id, name: `Team ${id}` }), me: () => ({ role: 'ADMIN', company: { id: company } }) } };

describe('a stop', () => {
  test('turns readiness false first and goes on answering for the delay, over connections that it closes; liveness does not change', async () => {
    const issuer = await testIssuer();
    const gateway = await startTestGateway({ teams: await subgraphDouble('teams', resolvers, feed), contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate, drainMs: 2_000 });
    const person = await issuer.mint({ sub: ana, company_sso_id: company });
    const at = (path: string) => fetch(`${gateway.url}${path}`);
    expect([(await at('/health/ready')).status, (await at('/health/ready')).headers.get('connection')]).toEqual([200, 'keep-alive']);
    const closed = gateway.close();
    let ready = await at('/health/ready');
    for (; ready.status !== 503; ready = await at('/health/ready'));
    expect([await ready.json(), ready.headers.get('connection')]).toMatchObject([{ status: 'not ready', missing: ['it is stopping'] }, 'close']);
    expect((await at('/health/live')).status).toBe(200);
    const answer = await gateway.ask(team, person);
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    feed.release();
    await closed;
    feed.release();
    await expect(at('/health/live')).rejects.toThrow();
  }, 60_000);

  test('turns readiness false while a supergraph is being read, and waits for that', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'one-team-reading-'));
    const path = join(folder, 'supergraph.graphql');
    await writeFile(path, supergraphSdl());
    const issuer = await testIssuer();
    const gateway = await startTestGateway({
      teams: await subgraphDouble('teams', resolvers, feed), contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate,
      supergraphPath: path, supergraphPollMs: 20, drainMs: 300,
    });
    // a file whose reader waits for the writer; it opens without waiting only when it is being read
    await rm(path);
    execFileSync('mkfifo', [path]);
    let writer: FileHandle | undefined;
    await until(async () => {
      writer = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
      return writer !== undefined;
    });
    const closed = gateway.close();
    await until(async () => (await fetch(`${gateway.url}/health/ready`)).status === 503);
    feed.release();
    await rm(path);
    await writer?.close();
    await closed;
    feed.release();
    await rm(folder, { recursive: true });
  });

  test('of a subgraph does the same', async () => {
    const part = { endpoint: await subgraphDouble('teams', resolvers, feed), unready: () => Promise.resolve([]), close: () => Promise.resolve() };
    const listening = await servePart(part, { host: '127.0.0.1', port: 0, logger, metrics, maxBodyBytes: 1_000, drainMs: 2_000 });
    const at = (path: string) => fetch(`${listening.url}${path}`);
    expect((await at('/health/ready')).status).toBe(200);
    const closed = listening.close();
    let ready = await at('/health/ready');
    for (; ready.status !== 503; ready = await at('/health/ready'));
    expect(ready.headers.get('connection')).toBe('close');
    expect((await at('/health/live')).status).toBe(200);
    await closed;
  });
});

describe('a gateway process', () => {
  let teams: HttpDouble;
  let contacts: HttpDouble;
  let issuer: DemoIssuer & Readonly<{ jwksUrl: string; close(): Promise<void> }>;
  let gateway: Running;
  let folder: string;
  let file: string;
  let person: string;
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });

  beforeAll(async () => {
    teams = await startHttpDouble(await subgraphDouble('teams', resolvers, feed));
    contacts = await startHttpDouble(await subgraphDouble('contacts', {}));
    issuer = await startIssuer({ port: 0, now: Date.now, logger });
    folder = await mkdtemp(join(tmpdir(), 'one-team-stop-'));
    file = join(folder, 'supergraph.graphql');
    await writeFile(file, supergraphSdl());
    gateway = await startProcess('gateway/main.ts', {
      INTERNAL_SIGNING_KEYS: testKeys[0],
      TEAMS_URL: teams.url.href,
      CONTACTS_URL: contacts.url.href,
      SSO_ISSUER: issuer.issuer,
      SSO_AUDIENCE: issuer.audience,
      SSO_JWKS_URL: issuer.jwksUrl,
      SUPERGRAPH_PATH: file,
      SHUTDOWN_DELAY_MS: '3000',
      // what hangs is answered when it is released, on a busy machine too
      REQUEST_DEADLINE_MS: '25000',
    });
    person = await issuer.mint({ sub: ana, company_sso_id: company });
  }, 60_000);
  afterAll(async () => {
    feed.release();
    await gateway.kill();
    feed.release();
    agent.destroy();
    await Promise.all([teams.close(), contacts.close(), issuer.close(), rm(folder, { recursive: true })]);
  });

  /** `answered`, `last` (answered, and told to go elsewhere), or what happened instead. */
  const ask = (query = team): Promise<string> =>
    new Promise((resolve) => {
      const body = JSON.stringify({ query });
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${person}` };
      const sent = request(`${new URL(gateway.url).origin}/graphql`, { method: 'POST', agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        const outcome = answer.headers.connection === 'close' ? 'last' : 'answered';
        answer.once('end', () => resolve(answer.complete && Buffer.concat(chunks).includes('"Team t1"') ? outcome : `dropped: ${Buffer.concat(chunks).toString()}`));
        answer.once('error', (error) => resolve(`dropped: ${error.message}`));
      });
      sent.once('error', (error) => resolve(`dropped: ${error.message}`));
      sent.end(body);
    });

  test('takes a new supergraph over on SIGHUP', async () => {
    const withPath = '{ team(id: "t1") { name nickname: path } }';
    expect(await ask()).toBe('answered');
    await writeFile(file, supergraphSdl().replace(/\n *"""Names from the root to this team\."""\n *path: [^\n]*/, ''));
    process.kill(gateway.pid, 'SIGHUP');
    await until(async () => (await ask(withPath)).includes('Cannot query field'));
    expect(await ask()).toBe('answered');
    expect(gateway.log.filter(({ msg }) => msg === 'a new supergraph is served')).toHaveLength(1);
  });

  test('is ready with one subgraph, not ready without any, and live all the time', async () => {
    const answer = (path: string) => fetch(`${new URL(gateway.url).origin}${path}`);
    for (const [isTeams, isContacts, status] of [[true, true, 200], [true, false, 200], [false, true, 200], [false, false, 503]] as const) {
      teams.setReady(isTeams);
      contacts.setReady(isContacts);
      const ready = await answer('/health/ready');
      expect([isTeams, isContacts, ready.status]).toEqual([isTeams, isContacts, status]);
      const missing = status === 200 ? [] : ['teams', 'contacts'];
      expect(await ready.json()).toEqual({ status: status === 200 ? 'ready' : 'not ready', missing, breakers: { teams: 'closed', contacts: 'closed' } });
      expect((await answer('/health/live')).status).toBe(200);
    }
  });

  test('ends with 0 on SIGTERM under load: no reply is dropped, sockets are closed with 1001', async () => {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${person}` } }));
    await once(socket, 'message');
    const closed = once(socket, 'close');
    const outcomes: string[] = [];
    // each goes elsewhere when it is told to, as behind a load balancer
    const load = Array.from({ length: 20 }, async () => {
      for (let outcome = 'answered'; outcome === 'answered'; ) outcomes.push((outcome = await ask()));
    });
    await until(() => outcomes.length > 200);
    // these are on their way when the signal comes
    const before = teams.seen.length;
    teams.setMood((place) => (place < 5 ? 'hang' : 'well'));
    await until(() => teams.seen.length >= before + 5);
    process.kill(gateway.pid, 'SIGTERM');
    await until(() => outcomes.filter((outcome) => outcome === 'last').length >= 15);
    teams.release();
    feed.release();
    expect(await gateway.ended).toBe(0);
    await Promise.all(load);
    expect(outcomes.filter((outcome) => outcome !== 'answered' && outcome !== 'last')).toEqual([]);
    expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(20);
    expect((await closed)[0]).toBe(1001);
  }, 60_000);
});
