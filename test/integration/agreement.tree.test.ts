import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accessKeptMs } from '../../subgraphs/contacts/access.ts';
import { changeOwners, changeTree, removeMember } from '../support/agreement/changes.ts';
import { seenBy } from '../support/agreement/expected.ts';
import { judgePages, judgeReads, judgeRule, judgeSearch } from '../support/agreement/judge.ts';
import { isNightly, pairsOfWorld, sharesOf, tellProgress, worldsToJudge } from '../support/agreement/pairs.ts';
import { type Onlooker, plantWorld, type Standing } from '../support/agreement/standing.ts';
import { startClock } from '../support/clock.ts';
import { type Harness, startHarness } from '../support/contactsHarness.ts';
import { untilSettled } from '../support/treeChanges.ts';
import { type World, worlds } from '../support/worlds.ts';

const bothForms = ['tokens', 'team owners'] as const;

describe('one rule everywhere (SPEC §3.1), read from stored tokens', () => {
  const clock = startClock();
  let harness: Harness;
  /** The same contacts, of which a page looks at so few that what starts with a text is many: such lists are walked. */
  let walking: Harness;
  const seen = { visible: 0, hidden: 0 };
  let turn = 0;
  beforeAll(async () => {
    harness = await startHarness({ now: clock.now, treeTimes: { pollMs: 20, longestWriteMs: 20, checkEveryMs: 86_400_000, sweepEveryMs: 20 } });
    walking = await startHarness({ now: clock.now, mongo: harness.mongo, teams: harness.teams, mostExamined: 3 });
  });
  afterAll(async () => {
    await walking.close();
    await harness.close();
  });

  test(
    'reference, check, both filters and every path agree on every contact, after owner changes, while and after a team is moved or deleted, and after a member is removed',
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
    tellProgress('tokens', turn);
    const planted = await plantWorld(harness, world);
    const hasContacts = planted.facts.some(({ companyId }) => companyId === planted.companyId);
    // without a contact a company has no tokens to follow its tree
    if (hasContacts) await untilSettled(harness, planted.companyId, 0);
    for (const [n, viewer] of planted.viewers.entries()) {
      const visible = await judgeRule(harness, planted, viewer, bothForms);
      for (const each of visible) seen[each ? 'visible' : 'hidden'] += 1;
      await judgeReads(harness, planted, viewer);
      if (isNightly || n % 2 === turn % 2) await judgePages(pagesBy(), planted, viewer, turn + n);
      if (isNightly) await judgeSearch(pagesBy(), planted, viewer, turn + n);
    }
    const changed = await changeOwners(harness, planted, turn);
    await judgeSome(changed, 1);
    if (!hasContacts) return;
    const { standing: after, version } = changeTree(harness, changed, world.change);
    await judgeMeanwhile(changed, after, version);
    forgetAccess();
    for (const viewer of after.viewers) await judgeRule(harness, after, viewer, bothForms);
    await judgeSome(after, 2);
    const { standing, removed } = removeMember(harness, after, world.removal);
    forgetAccess();
    await judgeAll(standing, removed);
  };

  /** At any moment until all tokens follow the change: nothing wider than the tree before or after it allows. */
  const judgeMeanwhile = async (before: Standing, after: Standing, version: number): Promise<void> => {
    let isSettled = false;
    const settling = untilSettled(harness, after.companyId, version).finally(() => (isSettled = true));
    const goesOn = (): boolean => !isSettled;
    do {
      for (const [n, viewer] of before.viewers.entries()) {
        const later = after.viewers[n] ?? viewer;
        const [allowed, then] = [seenBy(before, viewer, viewer.view), seenBy(after, later, later.view)];
        const { data } = await harness.ask(viewer.person, '{ contacts(first: 100) { nodes { id } } }');
        const shown = (data as { contacts: { nodes: { id: string }[] } } | null)?.contacts.nodes.map(({ id }) => id) ?? [];
        expect(shown.filter((id) => before.facts.some((fact, index) => fact.id === id && allowed[index] !== true && then[index] !== true))).toEqual([]);
      }
    } while (goesOn());
    await settling;
  };

  /** An access from before a change is used for a second at most. */
  const forgetAccess = (): void => clock.forward(accessKeptMs + 500);
  let walks = 0;
  /** Every eighth list is walked: such a list has many pages. */
  const pagesBy = (): Harness => ((walks += 1) % 8 === 0 ? walking : harness);
  const judgeSome = async (standing: Standing, count: number): Promise<void> => {
    const { viewers } = standing;
    for (const viewer of [...viewers, ...viewers].slice(turn % viewers.length).slice(0, count)) await judgeAll(standing, viewer);
  };
  const judgeAll = async (standing: Standing, viewer: Onlooker): Promise<void> => {
    await judgeReads(harness, standing, viewer);
    await judgePages(pagesBy(), standing, viewer, turn);
    await judgeSearch(pagesBy(), standing, viewer, turn);
  };
});
