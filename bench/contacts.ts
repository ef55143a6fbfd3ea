import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { openDatabase } from '../subgraphs/contacts/store/database.ts';
import { createContactStore } from '../subgraphs/contacts/store/contacts.ts';
import type { ContactDocument } from '../subgraphs/contacts/store/documents.ts';
import type { Place, SortKey, Stretch } from '../subgraphs/contacts/store/keyset.ts';
import type { Narrowing } from '../subgraphs/contacts/store/narrowing.ts';
import { readPage } from '../subgraphs/contacts/store/readPage.ts';
import { readPlan } from '../subgraphs/contacts/store/readPlan.ts';
import { createScopeRewrite } from '../subgraphs/contacts/store/scopeRewrite.ts';
import { createScopeWrites } from '../subgraphs/contacts/store/scopeWrites.ts';
import { createTreeStore } from '../subgraphs/contacts/store/trees.ts';
import { serviceVisibility, type Visibility, visibilityOf } from '../subgraphs/shared/access/scope.ts';
import { openExplaining } from '../test/support/explained.ts';
import { type BenchCompany, benchCompany, benchContacts } from './contactsData.ts';

/**
 * `MONGODB_URL=… npm run bench:contacts`: lists of contacts at level team against the list of everything in the same run, on a real MongoDB.
 * CONTACTS (1,000,000), SMALL (10,000), LISTINGS (150) and DATABASE (kept and used again when it is named) are from the environment.
 */
const env = process.env;
const url = env['MONGODB_URL'] ?? '';
if (url === '') throw new Error('MONGODB_URL must name a real MongoDB, such as one of `npm run servers -- start`.');
const [large, small, listings] = [Number(env['CONTACTS'] ?? 1_000_000), Number(env['SMALL'] ?? 10_000), Number(env['LISTINGS'] ?? 150)];
const named = env['DATABASE'];
const database = named ?? `bench_${randomUUID().replaceAll('-', '')}`;
const waitMs = 60_000;

const client = await new MongoClient(url).connect();
const companies = { large: benchCompany('large', 20_000, 5_000), beside: benchCompany('beside', 4_000, 1_000), small: benchCompany('small', 20_000, 5_000) };
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Before there are indexes: made afterwards, they take a fraction of the time. */
const load = async (company: BenchCompany, count: number): Promise<void> => {
  const contacts = client.db(database).collection<ContactDocument>('contacts');
  if ((await contacts.findOne({ company_sso_id: company.id })) === null) {
    let batch: ContactDocument[] = [];
    for (const document of benchContacts(company, count, 1)) {
      batch.push(document);
      if (batch.length < 5_000) continue;
      await contacts.insertMany(batch, { ordered: false });
      batch = [];
    }
    if (batch.length > 0) await contacts.insertMany(batch, { ordered: false });
  }
  say(`${String(count)} contacts are there after ${String(Math.round(performance.now() / 1_000))} s`);
};
await load(companies.large, large);
await load(companies.beside, Math.ceil(large / 10));
await load(companies.small, small);
const opened = await openDatabase({ url, database, now: Date.now });
say(`and their indexes after ${String(Math.round(performance.now() / 1_000))} s`);
for (const { id } of Object.values(companies)) {
  await opened.trees.updateOne({ _id: id }, { $set: { settled: 1, seen: 1, work: null, due_at: new Date(8e15), attempt: 0 } }, { upsert: true });
}

const trees = createTreeStore(opened, Date.now);
const scope = createScopeWrites({ contacts: opened.contacts, trees, lineageOf: () => Promise.resolve(null), onFault: (error) => say(String(error)), now: Date.now, newId: randomUUID });
const store = createContactStore(opened.contacts, { now: Date.now, newId: randomUUID, trees, scope });

/** Teams of the tree by how many are in their subtree, near to these. */
const tops = (company: BenchCompany): ReadonlyMap<number, string> => {
  const sizes = company.teams.map((id, n) => (n % 7 === 0 || n < 200 ? ([company.expanded(id).length, id] as const) : ([-1, id] as const)));
  return new Map([1, 10, 200, 2_000, 20_000].map((wanted) => [wanted, sizes.toSorted(([a], [b]) => Math.abs(a - wanted) - Math.abs(b - wanted))[0]?.[1] ?? '']));
};
const teamLevel = (company: BenchCompany, team: string, teamIds = [team]): Visibility =>
  visibilityOf({ companyId: company.id, viewerId: company.people[1] ?? '', level: 'team', teamFlag: true, teamIds, expandedTeamIds: company.expanded(team), treeVersion: 1 });

const stretchAt = (place: Place | null, key: SortKey = 'updated_at'): Stretch => ({ order: { key, descending: true }, backward: false, place, size: 20 });
const percentile = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.min(Math.floor(times.length * share), times.length - 1)] ?? 0;

type Case = Readonly<{ what: string; visibility: Visibility; narrowing: readonly Narrowing[]; stretch: Stretch }>;

/** The place after 499 pages of 20. */
const page500 = async (visibility: Visibility): Promise<Place | null> => {
  const plan = readPlan(visibility, [], 'updated_at', visibility.reach.kind === 'team' ? 'tokens' : 'team owners');
  if (plan.kind !== 'exact') return null;
  const [at] = await opened.contacts.find(plan.filter, { sort: { updated_at: -1, _id: -1 }, skip: 499 * 20 - 1, limit: 1, ...(plan.hint !== undefined && { hint: plan.hint }) }).toArray();
  return at === undefined ? null : { value: Number(at.updated_at), id: at._id.toHexString() };
};

const explaining = await openExplaining({ url, database });
const explained = async ({ visibility, narrowing, stretch }: Case) => {
  const plan = readPlan(visibility, narrowing, stretch.order.key, visibility.reach.kind === 'team' ? 'tokens' : 'team owners');
  return { kind: plan.kind, ...(await explaining.explained(() => readPage(explaining.contacts, plan, stretch, { waitMs }))) };
};

/** Runs all cases in turns, so that what holds up one holds up all. */
const measured = async (cases: readonly Case[]): Promise<readonly number[][]> => {
  const times = cases.map(() => [] as number[]);
  for (let turn = 0; turn < listings + 10; turn += 1) {
    for (const [n, { visibility, narrowing, stretch }] of cases.entries()) {
      const start = performance.now();
      await store.page(visibility, narrowing, stretch, waitMs);
      if (turn >= 10) times[n]?.push(performance.now() - start);
    }
  }
  return times;
};
const table = async (title: string, cases: readonly Case[]): Promise<readonly number[]> => {
  const times = await measured(cases);
  const [middle, base] = [percentile(times[0] ?? [], 0.5), percentile(times[0] ?? [], 0.95)];
  say(`\n${title}\n${'list of 20'.padEnd(46)} p50 ms  p95 ms  p50÷  p95÷  returned   docs    keys  plan`);
  for (const [n, each] of cases.entries()) {
    const seen = await explained(each);
    const [p50, p95] = [percentile(times[n] ?? [], 0.5), percentile(times[n] ?? [], 0.95)];
    const { answer, documents, keys } = seen;
    const ending = `${answer.examinedTo === null ? '' : ', partial'}${seen.sorts ? ', sorts' : ''}`;
    say(`${each.what.padEnd(46)} ${p50.toFixed(2).padStart(6)}  ${p95.toFixed(2).padStart(6)}  ${(p50 / middle).toFixed(2)}  ${(p95 / base).toFixed(2)}  ${String(answer.documents.length).padStart(8)}  ${String(documents).padStart(5)}  ${String(keys).padStart(6)}  ${seen.kind}${ending}`);
  }
  return times.map((each) => percentile(each, 0.95));
};

const everything = serviceVisibility(companies.large.id);
const viewers = [...tops(companies.large)].map(([count, team]) => [count, teamLevel(companies.large, team)] as const);
const at500 = await Promise.all([page500(everything), ...viewers.map(([, visibility]) => page500(visibility))]);
await table(`Level team, ${String(large)} contacts, 20,000 teams, first page`, [
  { what: 'everything', visibility: everything, narrowing: [], stretch: stretchAt(null) },
  ...viewers.map(([count, visibility]) => ({ what: `team, above ${String(count)} teams`, visibility, narrowing: [], stretch: stretchAt(null) })),
  { what: 'team, a member of 1,000 teams', visibility: teamLevel(companies.large, companies.large.teams[0] ?? '', [...companies.large.teams.slice(5_000, 6_000)]), narrowing: [], stretch: stretchAt(null) },
]);
await table('The same, page 500', [
  { what: 'everything', visibility: everything, narrowing: [], stretch: stretchAt(at500[0] ?? null) },
  ...viewers.map(([count, visibility], n) => ({ what: `team, above ${String(count)} teams`, visibility, narrowing: [], stretch: stretchAt(at500[n + 1] ?? null) })),
]);

const [, above200 = everything] = viewers[2] ?? [];
const inTree = above200.reach.kind === 'team' ? ([...above200.reach.expandedTeamIds][3] ?? '') : '';
const [owner = '', assignee = ''] = companies.large.people.slice(40, 42);
const filtered: readonly (readonly [string, readonly Narrowing[], SortKey])[] = [
  ['owner', [{ ownerId: owner }], 'updated_at'],
  ['assignee', [{ assigneeId: assignee }], 'updated_at'],
  ['Unassigned', [{ isUnassigned: true }], 'updated_at'],
  ['a team of the tree', [{ teamId: inTree }], 'updated_at'],
  ['MY_TEAMS', [{ anyTeamOf: above200.reach.kind === 'team' ? [...above200.reach.expandedTeamIds] : [] }], 'updated_at'],
  ['name prefix, by name', [{ namePrefix: 'customer 0001' }], 'name_key'],
  ['name prefix, by updated (600 in scope)', [{ namePrefix: 'customer 0001' }], 'updated_at'],
  ['email prefix, by updated (100 in all)', [{ emailPrefix: 'c1234' }], 'updated_at'],
  ['phone prefix, by updated (10,000 in all)', [{ phonePrefix: '+62810001' }], 'updated_at'],
  ['owner and a team', [{ ownerId: owner }, { teamId: inTree }], 'updated_at'],
];
await table('Level team above 200 teams, filtered', [
  { what: 'everything, unfiltered', visibility: everything, narrowing: [], stretch: stretchAt(null) },
  ...filtered.map(([what, narrowing, key]) => ({ what, visibility: above200, narrowing, stretch: stretchAt(null, key) })),
]);

const smallTop = tops(companies.small).get(2_000) ?? '';
const grown = await table(`Growth: ${String(small)} to ${String(large)} contacts`, [
  { what: `${String(small)} contacts, everything`, visibility: serviceVisibility(companies.small.id), narrowing: [], stretch: stretchAt(null) },
  { what: `${String(small)} contacts, team above 2,000`, visibility: teamLevel(companies.small, smallTop), narrowing: [], stretch: stretchAt(null) },
  { what: `${String(large)} contacts, everything`, visibility: everything, narrowing: [], stretch: stretchAt(null) },
  { what: `${String(large)} contacts, team above 2,000`, visibility: viewers[3]?.[1] ?? everything, narrowing: [], stretch: stretchAt(null) },
]);
say(`everything × ${((grown[2] ?? 0) / (grown[0] ?? 1)).toFixed(2)}, team × ${((grown[3] ?? 0) / (grown[1] ?? 1)).toFixed(2)}`);

// A team of about 2,000 below it, some 100,000 contacts, is rewritten while lists are read.
const moved = tops(companies.large).get(2_000) ?? '';
const rewrite = createScopeRewrite(opened.contacts, (_company, _teams) => Promise.resolve({ treeVersion: 2, ancestorsOf: companies.large.ancestorsOf }), { hasPassed: () => Promise.resolve(false) });
let isMoving = true;
const moveGoesOn = (): boolean => isMoving;
const started = performance.now();
const moving = rewrite.stale(companies.large.id, moved, 2, () => Promise.resolve(true)).finally(() => (isMoving = false));
const during: number[] = [];
while (moveGoesOn()) {
  const start = performance.now();
  await store.page(viewers[3]?.[1] ?? everything, [], stretchAt(null), waitMs);
  during.push(performance.now() - start);
}
const count = await moving;
say(`\nA move that touches ${String(count)} contacts took ${((performance.now() - started) / 1_000).toFixed(1)} s; ${String(during.length)} lists were read meanwhile, p95 ${percentile(during, 0.95).toFixed(2)} ms, longest ${Math.max(...during).toFixed(0)} ms.`);
await client.db(database).collection('contacts').updateMany({ company_sso_id: companies.large.id, tree_version: 2 }, { $set: { tree_version: 1 } });

if (named === undefined) await client.db(database).dropDatabase();
await client.close();
await explaining.close();
await opened.close();
