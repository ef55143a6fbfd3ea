import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { MongoClient } from 'mongodb';
import { Client } from 'pg';
import { connectionFault as ofMongo } from '../../subgraphs/contacts/store/connectionFault.ts';
import { requireTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import { connectionFault as ofPostgres } from '../../subgraphs/teams/store/connectionFault.ts';
import { readMigrations } from '../../subgraphs/teams/store/migrations.ts';
import { type Ended, runEntry } from '../support/entry.ts';
import { freshKafka, kafkaClient } from '../support/kafka.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';
import { emptyPostgres, type FreshPostgres, freshPostgres } from '../support/postgres.ts';
import { realTest } from '../support/realTest.ts';

const INTERNAL_SIGNING_KEYS = 'a-signing-key-that-only-tests-use-long-enough';
const mains = { teams: 'subgraphs/teams/main.ts', contacts: 'subgraphs/contacts/main.ts', gateway: 'gateway/main.ts', 'npm start': 'embedded/main.ts' };
const sso = { SSO_ISSUER: 'https://sso.example', SSO_JWKS_URL: 'https://sso.example/keys' };

// a test starts up to three processes, one after another
jest.setTimeout(60_000);

let postgres: FreshPostgres;
let mongo: FreshMongo;
/** Takes connections and never says a word. */
let mute: Server;
let mutePort: number;
let closedPort: number;
const sockets = new Set<Socket>();

beforeAll(async () => {
  [postgres, mongo] = await Promise.all([freshPostgres(), freshMongo()]);
  mute = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  mutePort = await listen(mute);
  const gone = createServer();
  closedPort = await listen(gone);
  gone.close();
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  mute.close();
  await Promise.all([postgres.close(), mongo.close()]);
});

const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** Longest time that a process took to load and read its variables: what a busy machine adds to the 10 s. */
let loadingMs = 0;

/** Ended with 1 within 10 s and one message, which is like this, without a stack or a password. */
const expectRefusal = ({ code, said, tookMs }: Ended, like: RegExp): void => {
  expect(said).toMatch(like);
  expect(said).not.toMatch(/^\s+at |hunter2/m);
  expect(code).toBe(1);
  expect(tookMs).toBeLessThan(10_000 + loadingMs);
};
const startWith = (part: keyof typeof mains, env: Readonly<Record<string, string>>): Promise<Ended> => runEntry(mains[part], { INTERNAL_SIGNING_KEYS, PORT: '0', LOG_LEVEL: 'fatal', ...env });
const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
};
const schemas = (url: string) => query(url, `SELECT nspname FROM pg_namespace WHERE nspname = 'pgboss'`);

describe('a process that cannot start says why in one message', () => {
  test.each(['teams', 'contacts', 'gateway'] as const)('%s: all faults of its variables', async (part) => {
    const wrong = { INTERNAL_SIGNING_KEYS: 'hunter2', PORT: 'x', DATABASE_URL: 'mysql://root:hunter2@db', MONGODB_URL: 'http://root:hunter2@db', SSO_JWKS_URL: 'nowhere' };
    const ended = await startWith(part, wrong);
    loadingMs = Math.max(loadingMs, ended.tookMs);
    expectRefusal(ended, new RegExp(`^${part} does not start\\. (?=[^]*PORT is "x": must be a whole number)(?=[^]*INTERNAL_SIGNING_KEYS)[^]*_URL`));
  });

  test('the gateway: its port is taken', async () => {
    expectRefusal(await startWith('gateway', { ...sso, PORT: String(mutePort) }), new RegExp(`^gateway does not start\\. .*${String(mutePort)}`));
  });
});

describe('a database URL that leads nowhere is named, with its host and without its password', () => {
  const refused = [
    ['teams', 'DATABASE_URL', 'postgres'],
    ['contacts', 'MONGODB_URL', 'mongodb'],
    ['npm start', 'DATABASE_URL', 'postgres'],
    ['npm start', 'MONGODB_URL', 'mongodb'],
  ] as const;

  test.each(refused)('%s: nothing listens at %s', async (part, variable, protocol) => {
    const ended = await startWith(part, { [variable]: `${protocol}://user:hunter2@127.0.0.1:${String(closedPort)}/x` });
    expectRefusal(ended, new RegExp(`${variable} \\(127\\.0\\.0\\.1:${String(closedPort)}\\): no (Postgres|MongoDB) answers there.*Start it, or correct the URL`));
  });

  test.each(refused.slice(0, 2))('%s: what listens at %s is something else', async (part, variable, protocol) => {
    const ended = await startWith(part, { [variable]: `${protocol}://user:hunter2@127.0.0.1:${String(mutePort)}/x` });
    expectRefusal(ended, new RegExp(`${variable} \\(127\\.0\\.0\\.1:${String(mutePort)}\\): .*(Start it, or correct the URL)`));
  });

  test('what it means that the server says is told with what to do', () => {
    const url = 'postgres://ani:hunter2@db.example:5432/one_team';
    const told = (code: string) => ofPostgres(url, Object.assign(new Error('x'), { code })).message;
    expect(told('ENOTFOUND')).toBe('DATABASE_URL (db.example:5432): there is no host of this name. Correct the URL.');
    expect(told('28P01')).toMatch(/the user ani not in: wrong user or password/);
    expect(told('53300')).toMatch(/no connection left.*DATABASE_POOL/);
    expect(ofPostgres('postgres://ani:hunter/2@db', new TypeError('Invalid URL')).message).not.toContain('hunter');
    expect(ofMongo('mongodb://ani:hunter/2@db', new Error('Invalid connection string "mongodb://ani:hunter/2@db"')).message).not.toContain('hunter');
    const mongoUrl = 'mongodb://ani:hunter2@a.example,b.example:27018/?replicaSet=rs0';
    expect(ofMongo(mongoUrl, new Error('getaddrinfo ENOTFOUND a.example')).message).toBe('MONGODB_URL (a.example,b.example:27018): there is no host of this name. Correct the URL.');
    expect(ofMongo(mongoUrl, Object.assign(new Error('x'), { code: 18 })).message).toMatch(/refuses this user or password/);
  });

  realTest('a wrong password, and a database that is not there (real servers)', async () => {
    const [wrongPassword, wrongName] = [new URL(postgres.url), new URL(postgres.url)];
    wrongPassword.password = 'hunter2';
    wrongName.pathname = '/nobody_made_this';
    expectRefusal(await startWith('teams', { DATABASE_URL: wrongPassword.href }), new RegExp(`DATABASE_URL \\(${wrongPassword.host}\\): .*wrong user or password`));
    expectRefusal(await startWith('teams', { DATABASE_URL: wrongName.href }), new RegExp(`DATABASE_URL \\(${wrongName.host}\\): .*no database of this name`));
    const wrongMongo = mongo.url.replace('mongodb://', 'mongodb://user:hunter2@');
    expectRefusal(await startWith('contacts', { MONGODB_URL: wrongMongo }), /MONGODB_URL \([^)]+\): MongoDB refuses this user or password/);
  });

  realTest('a replica set of another name (real servers)', async () => {
    const url = mongo.url.replace(/replicaSet=\w+/, 'replicaSet=another');
    expectRefusal(await startWith('contacts', { MONGODB_URL: url }), /MONGODB_URL \([^)]+\): no MongoDB answers there.*the replica set's name must be that of the servers/);
  });
});

describe('a database that does not fit this version is left as it was', () => {
  test('teams: it lacks migrations', async () => {
    const empty = await emptyPostgres();
    expectRefusal(await startWith('teams', { DATABASE_URL: empty.url }), /DATABASE_URL \([^)]+\): the database lacks the migrations 20261120000000_first.*npm run migrate \(in the image: node dist\/scripts\/migrate\.js\)/);
    expect(await query(empty.url, `SELECT relname FROM pg_class WHERE relname = '_prisma_migrations'`)).toEqual([]);
    expect(await schemas(empty.url)).toEqual([]);
    await empty.close();
  });

  test.each(['teams', 'npm start'] as const)('%s: a migration is unknown, was edited, or is half applied', async (part) => {
    const [first] = await readMigrations();
    if (first === undefined) throw new Error('no migration');
    const spoiled = [
      [`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'y', '20990101000000_later', now())`, `DELETE FROM _prisma_migrations WHERE id = 'x'`, /20990101000000_later, which this version does not know.*Start the newer version/],
      [`UPDATE _prisma_migrations SET checksum = 'z' WHERE migration_name = '${first.name}'`, `UPDATE _prisma_migrations SET checksum = '${first.checksum}' WHERE migration_name = '${first.name}'`, /was edited after it was applied.*Restore the file/],
      [`INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20990101000000_half')`, `DELETE FROM _prisma_migrations WHERE id = 'x'`, /20990101000000_half is half applied.*prisma migrate resolve/],
    ] as const;
    for (const [spoil, repair, like] of part === 'teams' ? spoiled : spoiled.slice(0, 1)) {
      await query(postgres.url, spoil);
      const ended = await startWith(part, { DATABASE_URL: postgres.url });
      await query(postgres.url, repair);
      expectRefusal(ended, like);
      expect(ended.said).toMatch(/DATABASE_URL \(127\.0\.0\.1:\d+\)/);
    }
    expect(await schemas(postgres.url)).toEqual([]);
    expect(await query(postgres.url, 'SELECT id FROM companies')).toEqual([]);
  });

  test.each(['contacts', 'npm start'] as const)('%s: MongoDB has a migration that is unknown', async (part) => {
    const client = new MongoClient(mongo.url);
    const applied = client.db(mongo.database).collection<{ _id: number; name: string }>('migrations');
    await applied.insertOne({ _id: 999, name: 'later' });
    const ended = await startWith(part, { MONGODB_URL: mongo.url, MONGODB_DATABASE: mongo.database });
    expectRefusal(ended, /MONGODB_URL \([^)]+\): the database has migration 999 \(later\), which this version does not know.*Start the newer version/);
    expect((await client.db(mongo.database).listCollections().toArray()).map(({ name }) => name)).toEqual(['migrations']);
    await applied.deleteOne({ _id: 999 });
    await client.close();
  });
});

describe('Kafka', () => {
  test.each(['teams', 'npm start'] as const)('%s: brokers that nobody answers at are named, and nothing is written', async (part) => {
    for (const port of part === 'teams' ? [closedPort, mutePort] : [closedPort]) {
      const KAFKA_BROKERS = `127.0.0.1:${String(port)}`;
      expectRefusal(await startWith(part, { DATABASE_URL: postgres.url, KAFKA_BROKERS }), new RegExp(`KAFKA_BROKERS \\(${KAFKA_BROKERS}\\): .*Start it, or correct the list`));
    }
    expect(await schemas(postgres.url)).toEqual([]);
    expect(await query(postgres.url, 'SELECT id FROM companies')).toEqual([]);
  });

  realTest('topics that are not there are made, and one that cannot be is named (real servers)', async () => {
    const kafka = freshKafka();
    const { brokers, topicPrefix } = kafka.options;
    await requireTopic(kafka.options);
    await requireTopic(kafka.options);
    const admin = kafkaClient(kafka.options).admin();
    await admin.connect();
    expect((await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix)).sort()).toEqual([`${topicPrefix}company.events.v1`, `${topicPrefix}team.events.v1`]);
    await admin.disconnect();
    // longer than the 249 characters that Kafka allows
    await expect(requireTopic({ brokers, topicPrefix: 'x'.repeat(300) })).rejects.toThrow(/KAFKA_BROKERS \([^)]+\): there is no topic x+team\.events\.v1, and it could not be made.*Make it, or grant the right/);
    await kafka.close();
  });
});
