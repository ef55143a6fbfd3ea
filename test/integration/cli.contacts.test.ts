import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Supergraph } from '@apollo/federation-internals';
import { parse, validate } from 'graphql';
import { type Collection, MongoClient, ObjectId } from 'mongodb';
import { supergraphSdl } from '../../gateway/supergraph.ts';
import { loadMutation, moveQuery, startMutation } from '../../scripts/cli/contacts.ts';
import { buildContacts } from '../../subgraphs/contacts/service.ts';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import { addCompany, contactDocument } from '../support/contactsHarness.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';
import { subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { createTeamsDouble } from '../support/teamsDouble.ts';
import { testIssuer } from '../support/tokens.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const issuer = await testIssuer();
const teams = createTeamsDouble({ keys: testKeys });
const folder = mkdtempSync(join(tmpdir(), 'one-team-cli-'));
const north = randomUUID();
const home = addCompany(teams, new Map([[north, null]]));
home.company.named = new Map([[north, { name: 'North', source: 'Launchpad', referenceId: null }]]);
let mongo: FreshMongo;
let client: MongoClient;
let contacts: Collection<ContactDocument>;
let part: Part;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;

beforeAll(async () => {
  mongo = await freshMongo();
  client = await new MongoClient(mongo.url).connect();
  contacts = client.db(mongo.database).collection('contacts');
  part = await buildContacts({
    mongoUrl: mongo.url, mongoDatabase: mongo.database, teams: teams.peer, keys: testKeys, cursorSecrets: testKeys, phoneRegion: 'ID', logger, metrics: createMetrics('contacts', logger), now: Date.now, newId: randomUUID,
  });
  gateway = await startTestGateway({ teams: await subgraphDouble('teams', {}), contacts: part.endpoint, authenticate: issuer.authenticate });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  teams.close();
  await part.close();
  await client.close();
  await mongo.close();
  rmSync(folder, { recursive: true });
}, 30_000);

type Ended = Readonly<{ code: number | null; out: string; err: string }>;

const cli = async (args: readonly string[], scope = 'contacts:migrate'): Promise<Ended> => {
  const { NODE_OPTIONS: _options, ...inherited } = process.env;
  const env = { ...inherited, ONE_TEAM_URL: `${gateway.url}/graphql`, ONE_TEAM_TOKEN: await issuer.mint({ sub: 'migrator', scope }) };
  const child = spawn(process.execPath, ['scripts/run.mjs', 'scripts/cli.ts', 'contacts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
};
const csv = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, `${name}.csv`);
  writeFileSync(path, `\ufeff${lines.join('\r\n')}\r\n`);
  return path;
};
const ofHome = ['migrate', '--company', home.id];

describe('npm run cli -- contacts migrate', () => {
  test('asks what the wire knows', () => {
    const schema = Supergraph.build(supergraphSdl(), { validateSupergraph: false }).apiSchema().toGraphQLJSSchema();
    for (const document of [loadMutation, startMutation, moveQuery]) expect(validate(schema, parse(document))).toEqual([]);
  });

  test('CHG-004: a dry run first, which says what would happen; then --apply moves; the same command again changes nothing', async () => {
    const old = Array.from({ length: 7 }, (_, n) => contactDocument(home.id, { _id: new ObjectId(), external_key: `crm-${String(n)}`, team_owners_set_by: null }));
    await contacts.insertMany(old);
    const rows = csv('rows', 'contactKey,crm_team_hierarchy_id', ...old.slice(0, 6).map(({ external_key }, n) => `${external_key ?? ''},"${n < 4 ? '3,4' : '5'}"`));
    const names = csv('teams', 'name,legacyTeamId', 'north,3', 'Gone,4');
    const files = ['--rows', rows, '--teams', names, '--batch', '4'];
    const dry = await cli([...ofHome, ...files]);
    expect([dry.code, dry.err.includes('[########################] 100 % 6/6')]).toEqual([0, true]);
    expect(dry.out).toContain('loaded: 6 rows and 2 names of legacy teams are there now\n');
    expect(dry.out).toMatch(/^move .* \(dry run, nothing was written\): COMPLETED, 6 rows\n {2}contacts 7, with a team owner 4, Unassigned 3, left alone 0\n {2}coverage 57.1 % .*\n {2}unmatched legacy teams: 2\n {4}4 "Gone": 4 contacts\n {4}5: 2 contacts\n$/m);
    expect(await contacts.find({ team_owner_ids: north }).toArray()).toEqual([]);
    const applied = await cli([...ofHome, ...files, '--apply', '--json']);
    expect([applied.code, JSON.parse(applied.out)]).toMatchObject([0, { loaded: { rows: 6, teams: 2 }, move: { status: 'COMPLETED', dryRun: false, processed: 6, report: { contacts: 7, covered: 4, unassigned: 3 } } }]);
    expect(await contacts.countDocuments({ team_owner_ids: north, version: 2 })).toBe(4);
    expect((await cli([...ofHome, '--apply'])).code).toBe(0);
    expect(await contacts.countDocuments({ team_owner_ids: north, version: 2 })).toBe(4);
    const none = await cli([...ofHome, '--no-legacy-rows', '--json']);
    expect([none.code, JSON.parse(none.out)]).toMatchObject([1, { error: { code: 'CONFLICT' } }]);
  }, 120_000);

  test('names what is wrong, and then nothing was sent', async () => {
    const wrong = csv('wrong', 'contact,teams', 'a,1');
    const bad = csv('bad', 'contactKey,crm_team_hierarchy_id', 'a,1', ',2');
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['move'], 'contacts "move" is not known; it is contacts migrate.'],
      [['migrate'], '--company is missing'],
      [[...ofHome, '--rows', wrong], 'has the columns contact,teams; its first line must name contactKey,crm_team_hierarchy_id, in any order.'],
      [[...ofHome, '--rows', join(folder, 'no such file')], 'cannot be read as CSV'],
      [[...ofHome, '--rows', bad, '--no-legacy-rows'], '--no-legacy-rows says that there are none'],
      [[...ofHome, '--rows', bad], 'BAD_USER_INPUT: input.rows[1].contactKey is ""'],
      [['migrate', '--company', randomUUID()], 'NOT_FOUND: There is no company'],
    ];
    const before = await client.db(mongo.database).collection('legacy_rows').countDocuments();
    for (const [args, message] of cases) expect(await cli(args)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) as unknown as string });
    expect(await cli(ofHome, 'contacts:write')).toMatchObject({ code: 1, err: expect.stringContaining('FORBIDDEN') as unknown as string });
    expect(await client.db(mongo.database).collection('legacy_rows').countDocuments()).toBe(before);
  }, 120_000);
});
