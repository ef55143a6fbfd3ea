import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { startTestGateway } from '../support/gateway.ts';
import { startTcpProxy, type TcpProxy } from '../support/proxy.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

type Event = Readonly<{ eventId: string }>;
type Follow = (options: Readonly<{
  createClient: typeof createClient;
  webSocketImpl: unknown;
  url: string;
  token: () => Promise<string>;
  after: string | null;
  onEvent: (event: Event) => void;
  ended: (why: unknown) => void;
  waitMs: number;
  pingMs?: number;
}>) => ReturnType<typeof createClient>;

/** The client that docs/wire.md shows, as it stands there. */
const documented = async (): Promise<Follow> => {
  const wire = readFileSync(new URL('../../docs/wire.md', import.meta.url), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(wire)?.[1] ?? '';
  return ((await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { followTeamMigrated: Follow }).followTeamMigrated;
};

/** How long the connection is cut; OUTAGE_MS=30000 for the whole half minute. */
const outageMs = Number(process.env['OUTAGE_MS'] ?? 400);
/** How long nothing goes through without anyone being told. The pings of both sides are in proportion: 10 s and 12 s of 30 s, as in life. */
const silenceMs = Math.max(outageMs, 3_000);
const [pingMs, keepAliveMs] = [silenceMs / 3, silenceMs * 0.4];
const company = testId(2);
const owner = testId(1);
const feed = createFeedDouble();
const issuer = await testIssuer();
let role = 'OWNER';
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let proxy: TcpProxy;
/** The same, with the pings of `silenceMs`. */
let pinging: typeof gateway;
let silent: TcpProxy;

beforeAll(async () => {
  const me = (_: unknown, __: unknown, { viewer }: CallClaims) => ({ role, company: { id: viewer?.kind === 'person' ? viewer.companyId : '', name: 'Acme' } });
  const teams = await subgraphDouble('teams', { Query: { me } }, feed);
  const parts = { teams, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate };
  gateway = await startTestGateway(parts);
  proxy = await startTcpProxy('127.0.0.1', Number(new URL(gateway.url).port));
  pinging = await startTestGateway({ ...parts, sockets: { keepAliveMs } });
  silent = await startTcpProxy('127.0.0.1', Number(new URL(pinging.url).port));
});
afterAll(async () => {
  await Promise.all([proxy.close(), silent.close()]);
  await Promise.all([gateway.close(), pinging.close()]);
  feed.release();
});

const published: string[] = [];
const publish = (): string => {
  const number = published.length + 1;
  const payload = { team_name: 'Team', app: 'chat', app_identifier_id: String(number), parent_id: null };
  const eventId = testId(1_000 + number);
  published.push(eventId);
  feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId: company, aggregateId: testId(500_000 + number), occurredAt: '2026-07-01T03:00:00.000Z', payload });
  return eventId;
};

const following = async (token: () => Promise<string>, after: string, through = proxy) => {
  const got: string[] = [];
  let why: unknown;
  const follow = await documented();
  const client = follow({
    createClient, webSocketImpl: WebSocket, url: `ws://127.0.0.1:${String(through.port)}/graphql`, token, after, waitMs: Math.min(outageMs / 8, 1_000), ...(through === silent && { pingMs }),
    onEvent: ({ eventId }) => void got.push(eventId),
    ended: (reason) => {
      why = reason;
    },
  });
  return { got, why: () => why, close: async () => {
    // what it waits for may be a connection that fails
    await Promise.resolve(client.dispose()).catch(() => undefined);
  } };
};

describe('the graphql-ws client of docs/wire.md', () => {
  const squad = () => issuer.mint({ sub: 'squad', scope: 'teams:migrate:chat' });
  const person = () => issuer.mint({ sub: owner, company_sso_id: company });

  test.each([['a squad', squad], ['an OWNER', person]])('%s whose connection is cut again and again, with events before, during and after, gets each once and in order', async (_who, token) => {
    const after = publish();
    const from = published.length;
    const writing = setInterval(publish, 5);
    const { got, close } = await following(token, after);
    try {
      for (let cut = 0; cut < 3; cut += 1) {
        const had = got.length;
        await until(() => got.length > had + 20);
        proxy.cut(true);
        const [during, written] = [publish(), published.length];
        await new Promise((resolve) => setTimeout(resolve, outageMs));
        await until(() => published.length > written + 20);
        expect(got).not.toContain(during);
        proxy.cut(false);
      }
      clearInterval(writing);
      await until(() => got.length >= published.length - from, 60_000);
    } finally {
      clearInterval(writing);
      proxy.cut(false);
      await close();
    }
    expect(got).toEqual(published.slice(from));
  }, 4 * outageMs + 90_000);

  test('that is cut off without a word finds it by itself, the gateway too, and misses nothing', async () => {
    const socketsOpen = async (): Promise<unknown> => /^one_team_sockets_open\S* (\d+)$/m.exec(await (await fetch(`${pinging.url}/metrics`)).text())?.[1];
    const after = publish();
    const from = published.length;
    const writing = setInterval(publish, 20);
    const { got, close } = await following(squad, after, silent);
    try {
      await until(() => got.length > 20);
      expect(await socketsOpen()).toBe('1');
      silent.silence(true);
      const over = performance.now() + silenceMs;
      const during = publish();
      await until(() => silent.waiting() > 0, silenceMs + 60_000);
      await until(async () => (await socketsOpen()) === '0', silenceMs + 60_000);
      await until(() => performance.now() >= over, silenceMs + 60_000);
      expect(got).not.toContain(during);
      silent.silence(false);
      await until(() => got.includes(during), 60_000);
      clearInterval(writing);
      await until(() => got.length >= published.length - from, 60_000);
    } finally {
      clearInterval(writing);
      silent.silence(false);
      await close();
    }
    expect(got).toEqual(published.slice(from));
  }, 3 * silenceMs + 240_000);

  test('goes on with a fresh token when the one before expires', async () => {
    const after = publish();
    const from = published.length;
    let minted = 0;
    const { got, close } = await following(() => {
      minted += 1;
      return issuer.mint({ sub: 'squad', scope: 'teams:migrate:chat' }, { expiresIn: minted === 1 ? 1 : 300 });
    }, after);
    const writing = setInterval(publish, 20);
    try {
      await until(() => minted === 2);
      const had = got.length;
      await until(() => got.length > had);
    } finally {
      clearInterval(writing);
    }
    await until(() => got.length >= published.length - from);
    expect(got).toEqual(published.slice(from));
    await close();
  });

  test('is told why it is over when its role no longer allows it', async () => {
    const { got, why, close } = await following(person, publish());
    await until(() => {
      publish();
      return got.length > 0;
    });
    role = 'AGENT';
    await until(() => {
      publish();
      return why() !== undefined;
    });
    expect(why()).toMatchObject([{ extensions: { code: 'FORBIDDEN', status: 403 } }]);
    role = 'OWNER';
    await close();
  });
});
