import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accessKeptMs, lastKnownMs } from '../../subgraphs/contacts/access.ts';
import { changeOwners, removeMember } from '../support/agreement/changes.ts';
import { inOutage } from '../support/agreement/expected.ts';
import { judgePages, judgeReads, judgeRule, judgeSearch } from '../support/agreement/judge.ts';
import { isNightly, pairsOfWorld, sharesOf, tellProgress, worldsToJudge } from '../support/agreement/pairs.ts';
import { type Onlooker, plantWorld, type Standing } from '../support/agreement/standing.ts';
import { startClock } from '../support/clock.ts';
import { type GraphQLAnswer, type Harness, startHarness } from '../support/contactsHarness.ts';
import { until } from '../support/until.ts';
import { type World, worlds } from '../support/worlds.ts';

/** Longer than a viewer's access is kept, and than the breaker leaves teams alone. */
const soonMs = accessKeptMs + 500;

describe('one rule everywhere (SPEC §3.1), read from team owners', () => {
  const clock = startClock();
  let harness: Harness;
  /** The same contacts, of which a page looks at so few that what starts with a text is many: such lists are walked. */
  let walking: Harness;
  const seen = { visible: 0, hidden: 0 };
  let turn = 0;
  beforeAll(async () => {
    harness = await startHarness({ now: clock.now });
    walking = await startHarness({ now: clock.now, mongo: harness.mongo, teams: harness.teams, mostExamined: 3 });
  });
  afterAll(async () => {
    await walking.close();
    await harness.close();
  });

  test(
    'reference, check, filter, lists by pages, totals, single records, reasons, _entities, notes, search and Team.contacts agree on every contact, after owner changes, deletions, a member removed and in outages of teams too',
    async () => {
      await fc.assert(fc.asyncProperty(worlds, judgeWorld), { numRuns: worldsToJudge, endOnFailure: true });
      expect(seen.visible + seen.hidden).toBeGreaterThanOrEqual(worldsToJudge * pairsOfWorld);
    },
    120_000 + worldsToJudge * 15_000,
  );

  test('and neither nobody nor everybody is in scope', () => {
    expect(sharesOf(seen)).toBe('some of each');
  });

  const judgeWorld = async (world: World): Promise<void> => {
    turn += 1;
    tellProgress('team owners', turn);
    const planted = await plantWorld(harness, world);
    for (const [n, viewer] of planted.viewers.entries()) {
      const visible = await judgeRule(harness, planted, viewer, ['team owners']);
      for (const each of visible) seen[each ? 'visible' : 'hidden'] += 1;
      await judgeReads(harness, planted, viewer);
      if (isNightly || n % 2 === turn % 2) await judgePages(pagesBy(planted), planted, viewer, turn + n);
      if (isNightly) await judgeSearch(pagesBy(planted), planted, viewer, turn + n);
    }
    const changed = await changeOwners(harness, planted, turn);
    await judgeSome(changed, 2);
    const { standing, removed } = removeMember(harness, changed, world.removal);
    clock.forward(soonMs);
    await judgeAll(standing, removed);
    await judgeOutage(standing);
  };

  /** Nothing wider than own while the levels are remembered, nothing at all when they are not, and everything again after. */
  const judgeOutage = async (standing: Standing): Promise<void> => {
    clock.forward(soonMs);
    // each of them is known; the last question of any of them was sent at this time at the earliest
    for (const { person } of standing.viewers) await harness.ask(person, '{ contacts(first: 1) { totalCount } }');
    harness.teams.mood = { kind: 'down' };
    clock.forward(soonMs);
    await judgeSome(inOutage(standing), 1);
    clock.forward(lastKnownMs - 2 * soonMs - 60_000);
    for (const viewer of some(inOutage(standing), 2)) await judgeReads(harness, inOutage(standing), viewer);
    clock.forward(60_000 + 2 * soonMs);
    const { person } = some(standing, 1)[0] ?? standing.viewers[0] ?? { person: standing.admin };
    const ids = standing.facts.map(({ id }) => id);
    const answer = await harness.ask(person, `{ ${ids.map((id, n) => `c${String(n)}: contact(id: "${id}") { id }`).join(' ')} contactsByEmail(email: "budi@shared.example") { totalCount } }`);
    expect([...new Set(answer.errors?.map(({ extensions }) => extensions?.['code']))]).toEqual(['DEPENDENCY_UNAVAILABLE']);
    expect(new Set(Object.values(answer.data ?? {}))).toEqual(new Set([null]));
    harness.teams.mood = { kind: 'well' };
    clock.forward(soonMs);
    await until(async () => isWhole(await harness.ask(standing.admin, '{ contacts(first: 1) { notices { code } } }')));
    await judgeSome(standing, 1);
  };

  const isWhole = ({ data }: GraphQLAnswer): boolean => (data as { contacts: { notices: unknown[] } } | null)?.contacts.notices.length === 0;
  const some = ({ viewers }: Standing, count: number): readonly Onlooker[] => [...viewers, ...viewers].slice(turn % viewers.length).slice(0, count);
  let walks = 0;
  /** Every eighth list is walked: such a list has many pages. In an outage none, as only one of the two knows the viewers. */
  const pagesBy = ({ isOut }: Standing): Harness => (!isOut && (walks += 1) % 8 === 0 ? walking : harness);
  const judgeSome = async (standing: Standing, count: number): Promise<void> => {
    for (const viewer of some(standing, count)) await judgeAll(standing, viewer);
  };
  const judgeAll = async (standing: Standing, viewer: Onlooker): Promise<void> => {
    await judgeReads(harness, standing, viewer);
    await judgePages(pagesBy(standing), standing, viewer, turn);
    await judgeSearch(pagesBy(standing), standing, viewer, turn);
  };
});
