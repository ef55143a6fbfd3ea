import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, startHarness } from '../support/contactsHarness.ts';
import { realTest } from '../support/realTest.ts';

/** What the server's profiler keeps of a query. */
type Profiled = Readonly<{ op: string; ns: string; planSummary: string; docsExamined: number; keysExamined: number; hasSortStage?: boolean }>;

const team = randomUUID();
const size = 3_000;
let harness: Harness;
let viewers: Readonly<Record<'own' | 'team' | 'everything', Person>>;

beforeAll(async () => {
  harness = await startHarness();
  const home = addCompany(harness.teams, new Map([[team, null]]));
  const viewer = (level: 'own' | 'team' | 'everything') => home.person({ in: [team], levels: { customers_customers_view: level } });
  viewers = { own: viewer('own'), team: viewer('team'), everything: viewer('everything') };
  const of = (companyId: string) =>
    Array.from({ length: size }, (_, n) =>
      contactDocument(companyId, {
        name: `Customer ${String(n)}`,
        name_key: `customer ${String(n)}`,
        updated_at: new Date(1_700_000_000_000 + n * 1_000),
        owner_id: n % 10 === 0 ? viewers.own.userId : randomUUID(),
        team_owner_ids: n % 5 === 0 ? [team] : n % 7 === 0 ? [] : [randomUUID()],
      }),
    );
  await harness.contacts.insertMany([...of(home.id), ...of(randomUUID())]);
}, 60_000);
afterAll(() => harness.close());

/** Reads a page as a person, and answers how the server found it, in one read or several. */
const profiled = async (who: Person, variables: Readonly<Record<string, unknown>>): Promise<readonly Profiled[]> => {
  await harness.db.command({ profile: 2 });
  const query = `query($view: ContactView, $sort: ContactSort) { contacts(first: 25, view: $view, sort: $sort) { nodes { id } } }`;
  const answer = await harness.ask(who, query, variables);
  await harness.db.command({ profile: 0 });
  expect(answer.errors).toBeUndefined();
  const seen = await harness.db.collection<Profiled>('system.profile').find({ op: 'query', ns: `${harness.db.databaseName}.contacts`, 'command.limit': 26 } as never).toArray();
  await harness.db.collection('system.profile').drop();
  if (seen.length === 0) throw new Error('nothing was read');
  return seen;
};

describe('a page of contacts is read from an index, never by looking at the whole collection', () => {
  realTest.each([
    ['everything', 'ALL', 'UPDATED_AT'],
    ['everything', 'ALL', 'NAME'],
    ['everything', 'MY_TEAMS', 'UPDATED_AT'],
    ['team', 'ALL', 'UPDATED_AT'],
    ['team', 'ALL', 'NAME'],
    ['team', 'MY_TEAMS', 'CREATED_AT'],
    ['own', 'ALL', 'UPDATED_AT'],
    ['own', 'OWNED_BY_ME', 'UPDATED_AT'],
  ] as const)('for who sees %s: %s by %s (real servers)', async (level, view, field) => {
    const seen = await profiled(viewers[level], { view, sort: { field, direction: 'DESC' } });
    for (const { planSummary, hasSortStage } of seen) {
      expect(planSummary).toMatch(/^IXSCAN/);
      expect(planSummary).not.toContain('COLLSCAN');
      expect(hasSortStage).toBeUndefined();
    }
    // of the own company alone, and not all of that
    expect(seen.reduce((total, { docsExamined }) => total + docsExamined, 0)).toBeLessThan(size / 2);
  });
});
