import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { supergraphSdl } from '../../gateway/supergraph.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const [ana, company] = [testId(1), testId(2)];
const issuer = await testIssuer();
const feed = createFeedDouble();
const built = supergraphSdl();

/** The built supergraph with a change of its text. @throws when the text is not there */
const changed = (from: string | RegExp, to: string): string => {
  const text = built.replace(from, to);
  if (text === built) throw new Error(`the supergraph has no ${String(from)}`);
  return text;
};
/** Clients may ask a team's nickname, which subgraphs do not know yet, and no longer its path. */
const withNickname = changed(/(type Team\b[^{]*\{)/, '$1\n  nickname: String @join__field(graph: TEAMS)\n');
const withoutPath = changed(/\n *"""Names from the root to this team\."""\n *path: [^\n]*/, '');

let holding: Promise<void> | undefined;
let asked = 0;
const resolvers = {
  Query: {
    team: async (_: unknown, { id }: { id: string }) => {
      asked += 1;
      await holding;
      return { id, name: `Team ${id}`, path: ['Root'], parent: null };
    },
  },
  Team: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Team ${id}`, path: ['Root'] }) },
};

let folder: string;
let path: string;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let [person, squad]: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'one-team-supergraph-'));
  path = join(folder, 'supergraph.graphql');
  await writeFile(path, built);
  const contacts = await subgraphDouble('contacts', {});
  gateway = await startTestGateway({ teams: await subgraphDouble('teams', resolvers, feed), contacts, authenticate: issuer.authenticate, supergraphPath: path });
  person = await issuer.mint({ sub: ana, company_sso_id: company });
  squad = await issuer.mint({ sub: 'chat', scope: 'teams:migrate:chat' });
});
afterAll(async () => {
  feed.release();
  await gateway.close();
  feed.release();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await offer(built);
});

const offer = async (sdl: string) => {
  await writeFile(path, sdl);
  return gateway.reload();
};
const knows = async (field: string): Promise<boolean> => (await gateway.ask(`{ team(id: "t1") { ${field} } }`, person)).status === 200;
const counted = async (outcome: string): Promise<number> => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith('one_team_supergraph_reloads_total{') && each.includes(`outcome="${outcome}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
};

describe('a new supergraph', () => {
  test('takes over, and so does the one before it', async () => {
    expect(await knows('nickname')).toBe(false);
    expect(await offer(withoutPath)).toBe('applied');
    expect([await knows('path'), await knows('name')]).toEqual([false, true]);
    expect(await offer(built)).toBe('applied');
    expect(await knows('path')).toBe(true);
    expect(await gateway.reload()).toBe('unchanged');
  });

  const bad: readonly (readonly [string, string])[] = [
    ['no GraphQL', 'type Query {'],
    ['empty', ''],
    ['a plain schema', 'type Query { team: String }'],
    ['a root field without a rule', changed(/(type Query\b[^{]*\{)/, '$1\n  secrets: String @join__field(graph: TEAMS)\n')],
    ['a root field less than there are rules for', changed(/\n *"""[^"]*"""\n *teamMenuVisibility: [^\n]*/, '')],
    ['a service that nobody answers for', changed('TEAMS @join__graph(name: "teams"', 'TEAMS @join__graph(name: "people"')],
    ['a type that is not there', changed(/(type Team\b[^{]*\{)/, '$1\n  other: Nowhere @join__field(graph: TEAMS)\n')],
  ];

  test.each(bad)('that is bad is refused, told once, and the last good one stays: %s', async (_, sdl) => {
    const before = await counted('refused');
    expect(await offer(sdl)).toBe('refused');
    expect(await gateway.reload()).toBe('unchanged');
    expect([await knows('name'), await knows('path'), await knows('secrets')]).toEqual([true, true, false]);
    expect(await counted('refused')).toBe(before + 1);
    expect(await offer(withoutPath)).toBe('applied');
  });

  test('that cannot be read is refused, told once, and the last good one stays', async () => {
    const before = await counted('refused');
    await rm(path);
    expect([await gateway.reload(), await gateway.reload()]).toEqual(['refused', 'unchanged']);
    expect(await knows('name')).toBe(true);
    expect(await counted('refused')).toBe(before + 1);
  });

  test('lets a request that has begun end on the old one', async () => {
    let go: () => void = () => undefined;
    holding = new Promise((resolve) => (go = resolve));
    const before = asked;
    const running = gateway.ask('{ team(id: "t1") { name path } }', person);
    await until(() => asked > before);
    expect(await offer(withoutPath)).toBe('applied');
    go();
    holding = undefined;
    expect(await running).toMatchObject({ status: 200, data: { team: { name: 'Team t1', path: ['Root'] } } });
    expect(await knows('path')).toBe(false);
  });
});

describe('subscriptions that are open', () => {
  const subscribe = (query: string) => {
    const client = createClient({ url: gateway.socketUrl, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${squad ?? ''}` }, retryAttempts: 0 });
    const seen: { data?: unknown; errors?: unknown }[] = [];
    const ended = new Promise<unknown>((resolve) => {
      client.subscribe({ query }, { next: (result) => void seen.push(result as never), error: resolve, complete: () => resolve('complete') });
    });
    return { seen, ended, close: () => client.dispose() };
  };
  const publish = (eventId: string): void => {
    const payload = { team_name: 'Chat - A', app: 'chat', app_identifier_id: '1', source_identifier: 'Chat', company_sso_id: company, parent_id: null, members: [], created_by_sso_id: '' };
    feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId: company, aggregateId: 't1', occurredAt: '2026-07-01T03:00:00.000Z', payload });
  };

  test('go on with a plan over the new one where they are still valid, and end with a coded error at once where not', async () => {
    const [valid, invalid] = [subscribe('subscription { teamMigrated { eventId team { name } } }'), subscribe('subscription { teamMigrated { eventId team { path } } }')];
    let n = 0;
    // until both have heard one, so that both are known to be open
    await until(() => {
      publish(`before-${String(n++)}`);
      return valid.seen.length > 0 && invalid.seen.length > 0;
    });
    expect(valid.seen[0]).toMatchObject({ data: { teamMigrated: { team: { name: 'Team t1' } } } });
    expect(await offer(withoutPath)).toBe('applied');
    expect(await invalid.ended).toMatchObject([{ message: expect.stringContaining('The schema has changed'), extensions: { code: 'BAD_USER_INPUT', field: 'query' } }]);
    const told = invalid.seen.length;
    publish('after');
    await until(() => valid.seen.some((result) => JSON.stringify(result).includes('"after"')));
    expect(valid.seen.at(-1)).toMatchObject({ data: { teamMigrated: { eventId: 'after', team: { name: 'Team t1' } } } });
    expect(invalid.seen).toHaveLength(told);
    await Promise.all([valid.close(), invalid.close()]);
  });
});

describe('the file', () => {
  test('is looked at again and again, so that nobody has to say that it is new', async () => {
    const watched = await startTestGateway({
      teams: await subgraphDouble('teams', resolvers, feed),
      contacts: await subgraphDouble('contacts', {}),
      authenticate: issuer.authenticate,
      supergraphPath: path,
      supergraphPollMs: 20,
    });
    const asks = async (): Promise<number> => (await watched.ask('{ team(id: "t1") { nickname } }', person)).status;
    expect(await asks()).toBe(400);
    await writeFile(path, withNickname);
    await until(async () => (await asks()) === 200);
    feed.release();
    await watched.close();
    feed.release();
  });
});
