import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { buildContacts } from '../subgraphs/contacts/service.ts';
import type { ContactDocument, NoteDocument } from '../subgraphs/contacts/store/documents.ts';
import { createLogger } from '../subgraphs/shared/logger.ts';
import { createMetrics } from '../subgraphs/shared/metrics.ts';
import { connectHttp } from '../subgraphs/shared/peer.ts';
import { servePart } from '../subgraphs/shared/process.ts';
import type { Person } from '../subgraphs/shared/viewer.ts';
import { addCompany, noteDocument } from '../test/support/contactsHarness.ts';
import { createTeamsDouble } from '../test/support/teamsDouble.ts';
import { benchCompany, benchContacts } from './contactsData.ts';

/**
 * `MONGODB_URL=… npm run bench:memory`: heap and resident memory of the contacts process, each after a full collection, over REQUESTS (100,000)
 * signed requests of HTTP, on a real MongoDB with CONTACTS (20,000): lists, totals, single contacts, notes, searches and changes, of 500 people. Who asks is in the same process.
 */
const env = process.env;
const url = env['MONGODB_URL'] ?? '';
if (url === '') throw new Error('MONGODB_URL must name a real MongoDB, such as one of `npm run servers -- start`.');
const { gc } = globalThis;
if (gc === undefined) throw new Error('Run it by `npm run bench:memory`: it needs node --expose-gc.');
const requests = Number(env['REQUESTS'] ?? 100_000);
const [contactCount, teamCount, personCount, atOnce] = [Number(env['CONTACTS'] ?? 20_000), 500, 500, 8];
const database = `bench_${randomUUID().replaceAll('-', '')}`;
const keys = ['a signing key of at least 32 characters, for benches'] as const;
const now = Date.now;

const client = await new MongoClient(url).connect();
const db = client.db(database);
const teams = createTeamsDouble({ keys });
const described = benchCompany('memory', teamCount, personCount);
const parents = new Map(described.teams.map((id) => [id, described.ancestorsOf(id).at(-1) ?? null]));
const home = addCompany(teams, parents);
const levels = { customers_customers_view: 'team', customers_customers_manage: 'team', customers_customernotes_view: 'team', customers_customers_searchassoc: 'team' } as const;
const people: readonly Person[] = described.people.map((userId, n) => home.person({ userId, in: [described.teams[(n * 7) % teamCount] ?? ''], levels }));

const logger = createLogger({ name: 'contacts', level: 'silent' });
const metrics = createMetrics('contacts', logger);
const part = await buildContacts({ mongoUrl: url, mongoDatabase: database, teams: teams.peer, keys, cursorSecrets: keys, phoneRegion: 'ID', logger, metrics, now, newId: randomUUID });
const documents = [...benchContacts({ ...described, id: home.id }, contactCount, 0)];
for (let n = 0; n < contactCount; n += 5_000) await db.collection<ContactDocument>('contacts').insertMany(documents.slice(n, n + 5_000));
await db.collection<NoteDocument>('notes').insertMany(documents.filter((_, n) => n % 4 === 0).map((document) => noteDocument(document, people[0]?.userId ?? '')));
const ids = documents.map(({ _id }) => _id.toHexString());
documents.length = 0;

const listening = await servePart(part, { host: '127.0.0.1', port: 0, logger, metrics, maxBodyBytes: 1_000_000 });
const gateway = connectHttp({ caller: 'gateway', audience: 'contacts', keys, now }, new URL(listening.url));

const cursors = new Map<string, string>();
const queries = [
  'query ($after: String) { contacts(first: 20, after: $after) { nodes { id name accessReason { kind } permission { update } } pageInfo { endCursor } } }',
  'query ($id: ID!) { contact(id: $id) { id name teamOwners { id } notes { nodes { text } } } }',
  'query ($text: String!) { searchContactAssociations(module: DEAL, text: $text) { nodes { id } } }',
  '{ contacts(view: MY_TEAMS, first: 5) { totalCount nodes { id } } }',
  'query ($id: ID!) { notes(contactId: $id) { totalCount } }',
  'mutation ($id: ID!, $name: String!) { updateContact(input: { id: $id, name: $name }) { contactId } }',
] as const;
const request = async (n: number): Promise<void> => {
  const viewer = people[n % personCount];
  if (viewer === undefined) return;
  const id = ids[(n * 31) % ids.length];
  const variables = { id, after: cursors.get(viewer.userId), text: `customer 000${String(n % 20)}`, name: `Customer ${String(n)}` };
  const { body } = await gateway.call({ operation: 'graphql', body: { query: queries[Math.floor(n / personCount) % queries.length], variables }, viewer, deadline: now() + 20_000, correlationId: String(n) });
  const next = (body as { data?: { contacts?: { pageInfo?: { endCursor: string | null } } } | null }).data?.contacts?.pageInfo?.endCursor;
  if (next === null) cursors.delete(viewer.userId);
  else if (next !== undefined) cursors.set(viewer.userId, next);
};

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
const weigh = async (done: number): Promise<void> => {
  for (let times = 0; times < 3; times += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    gc();
  }
  const { heapUsed, rss } = process.memoryUsage();
  process.stdout.write(`${done.toLocaleString('en').padStart(9)} requests  heap ${megabytes(heapUsed).padStart(9)}  resident ${megabytes(rss).padStart(9)}\n`);
};

const started = performance.now();
for (let done = 0; done < requests; ) {
  const upTo = Math.min(done + requests / 5, requests);
  let next = done;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < upTo) {
        next += 1;
        await request(next);
        // what the double of teams keeps is no memory of the process
        if (next % 1_000 === 0) {
          teams.asked.length = 0;
          teams.audited.clear();
        }
      }
    }),
  );
  done = upTo;
  await weigh(done);
}
process.stdout.write(`${(requests / ((performance.now() - started) / 1_000)).toFixed(0)} requests/s\n`);

await gateway.close();
await listening.close();
await part.close();
teams.close();
await db.dropDatabase();
await client.close();
