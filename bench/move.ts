import { randomUUID } from 'node:crypto';
import { canSee, type Visibility, visibilityOf } from '../subgraphs/shared/access/scope.ts';
import type { Person } from '../subgraphs/shared/viewer.ts';
import { toContact } from '../subgraphs/contacts/store/documents.ts';
import type { TreeDocument } from '../subgraphs/contacts/store/treeDocuments.ts';
import { addCompany, startHarness } from '../test/support/contactsHarness.ts';
import { moveTeam } from '../test/support/treeChanges.ts';
import { benchCompany, benchContacts } from './contactsData.ts';

/**
 * `MONGODB_URL=… npm run bench:move`: a team above CONTACTS (106,000, of which some 100,000 have a team) is moved from below one root to below
 * another while lists are read at level team through the whole of contacts, on a real MongoDB. Every answer is held against the trees before and after.
 */
const env = process.env;
const url = env['MONGODB_URL'] ?? '';
if (url === '') throw new Error('MONGODB_URL must name a real MongoDB, such as one of `npm run servers -- start`.');
const [contactCount, teamCount, readsBefore] = [Number(env['CONTACTS'] ?? 106_000), 1_000, Number(env['LISTINGS'] ?? 400)];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const database = `bench_${randomUUID().replaceAll('-', '')}`;
const harness = await startHarness({ mongo: { url, database, close: () => Promise.resolve() }, treeTimes: { pollMs: 100, longestWriteMs: 3_000, checkEveryMs: 86_400_000, sweepEveryMs: 86_400_000 } });
const { db, teams } = harness;
while ((await harness.part.unready()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));

const bare = benchCompany('move', teamCount, 500);
const [over, aside] = [randomUUID(), randomUUID()];
const top = bare.teams[0] ?? '';
const parents = new Map<string, string | null>([[over, null], [aside, null], ...bare.teams.map((id) => [id, id === top ? over : (bare.ancestorsOf(id).at(-1) ?? null)] as const)]);
const home = addCompany(teams, parents);
const documents = [...benchContacts({ ...bare, id: home.id, ancestorsOf: (id) => [over, ...bare.ancestorsOf(id)] }, contactCount, 0)];
for (let n = 0; n < contactCount; n += 5_000) await harness.contacts.insertMany(documents.slice(n, n + 5_000), { ordered: false });
await db.collection<TreeDocument>('trees').insertOne({ _id: home.id, settled: 0, seen: 0, work: null, due_at: new Date(8e15), attempt: 0 });
const contacts = new Map(documents.map((document) => [document._id.toHexString(), toContact(document)]));
documents.length = 0;

/** Who looks, and how far with each tree. */
type Looking = Readonly<{ who: string; person: Person; before: Visibility; after: Visibility }>;
const looking = (who: string, own: string, before: readonly string[], after: readonly string[]): Looking => {
  const person = home.person({ in: [own], levels: { customers_customers_view: 'team' } });
  const reach = (expandedTeamIds: readonly string[], treeVersion: number): Visibility =>
    visibilityOf({ companyId: home.id, viewerId: person.userId, level: 'team', teamFlag: true, teamIds: [own], expandedTeamIds, treeVersion });
  return { who, person, before: reach([own, ...before], 0), after: reach([own, ...after], 1) };
};
const [middle = ''] = bare.teams.slice(5);
const viewers = [looking('above it before', over, bare.teams, []), looking('above it after', aside, [], bare.teams), looking('below it', middle, bare.expanded(middle), bare.expanded(middle))];

type Read = Readonly<{ at: number; ms: number }>;
const faults: string[] = [];
/** Reads one list of each viewer. An answer is within what the tree before the move allows, or the one after it, and once nothing from before may be used any more, within the latter; all else is a fault. */
const readAll = async (into: Read[], mustFollow: () => boolean): Promise<void> => {
  for (const { who, person, before, after } of viewers) {
    const follows = mustFollow();
    const start = performance.now();
    const { data, errors } = await harness.ask(person, '{ contacts(first: 20) { nodes { id } } }');
    into.push({ at: start, ms: performance.now() - start });
    const ids = (data as { contacts: { nodes: { id: string }[] } } | null)?.contacts.nodes.map(({ id }) => id) ?? [];
    const within = (visibility: Visibility): boolean => ids.every((id) => canSee(visibility, contacts.get(id) ?? { companyId: '', isDeleted: true, ownerId: null, assigneeId: null, teamOwnerIds: [], teamOwnersPending: false }));
    if (errors !== undefined || !(within(after) || (!follows && within(before)))) faults.push(who);
  }
};
const p95 = (reads: readonly Read[]): number => reads.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(reads.length * 0.95)] ?? 0;
const p50 = (reads: readonly Read[]): number => reads.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(reads.length * 0.5)] ?? 0;

const [warm, before, during, after]: [Read[], Read[], Read[], Read[]] = [[], [], [], []];
while (warm.length < 60) await readAll(warm, () => false);
while (before.length < readsBefore) await readAll(before, () => false);
const moved = performance.now();
const version = moveTeam(teams, home.id, top, aside);
const isSettled = async (): Promise<boolean> => ((await db.collection<TreeDocument>('trees').findOne({ _id: home.id }))?.settled ?? -1) >= version;
// an access from before the move is used for a second at most
do await readAll(during, () => performance.now() - moved > 2_000);
while (!(await isSettled()));
const took = (performance.now() - moved) / 1_000;
const touched = await harness.contacts.countDocuments({ company_sso_id: home.id, tree_version: version });
while (after.length < readsBefore) await readAll(after, () => true);

say(`A move that touches ${touched.toLocaleString('en')} contacts was through after ${took.toFixed(1)} s; ${String(during.length)} lists were read meanwhile.`);
for (const [what, reads] of [['before', before], ['during', during], ['after', after]] as const) {
  const longest = Math.max(...reads.map(({ ms }) => ms));
  say(`${what.padEnd(7)} p50 ${p50(reads).toFixed(1)} ms (${(p50(reads) / p50(before)).toFixed(2)} ×)  p95 ${p95(reads).toFixed(1)} ms (${(p95(reads) / p95(before)).toFixed(2)} ×)  longest ${longest.toFixed(0)} ms`);
}
say(`Answers wider than a tree allows, or refused: ${String(faults.length)} of ${String(warm.length + before.length + during.length + after.length)}${faults.length > 0 ? ` (${[...new Set(faults)].join(', ')})` : ''}.`);
await db.dropDatabase();
await harness.close();
