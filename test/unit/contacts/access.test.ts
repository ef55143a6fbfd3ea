import { describe, expect, test } from '@jest/globals';
import { type AccessAnswer, type AccessSource, createAccessSource } from '../../../subgraphs/contacts/access.ts';
import { rightsOf } from '../../../subgraphs/contacts/rights.ts';
import { type Level, levels, type Levels, permissionActions } from '../../../subgraphs/shared/access/permissions.ts';
import { isRefused, type Refusal } from '../../../subgraphs/shared/errors.ts';
import { type Peer, PeerUnavailable } from '../../../subgraphs/shared/peer.ts';
import type { Access, Person } from '../../../subgraphs/shared/viewer.ts';
import { besideTimer } from '../../support/lateness.ts';

const view = 'customers_customers_view';
const person = (userId = 'p1', companyId = 'c1'): Person => ({ kind: 'person', userId, companyId, platform: 'web' });
const levelsAt = (level: Level): Levels => Object.fromEntries(permissionActions.map((action) => [action, level])) as Levels;
const accessAt = (level: Level, { userId, companyId } = person(), teamFlag = true): Access => ({
  companyId,
  userId,
  role: 'AGENT',
  levels: levelsAt(level),
  flags: { unified_app: false, one_team_migration_enabled: false, cdp_team_permission_enabled: teamFlag, publish_team_events: true },
  teamIds: ['t1'],
  expandedTeamIds: ['t1', 't2'],
  treeVersion: 1,
});

/** Teams as one function, a clock that stands still until it is moved, and a count of questions. */
const setUp = (limit?: number) => {
  const clock = { at: 1_000_000 };
  const teams = { questions: 0, answer: (): Promise<Access | null> => Promise.resolve(accessAt('team')) };
  const peer: Peer = {
    call: async () => {
      teams.questions += 1;
      return { status: 200, body: { access: await teams.answer() } };
    },
    close: () => Promise.resolve(),
  };
  const source = createAccessSource({ teams: peer, now: () => clock.at, ...(limit !== undefined && { limit }) });
  const ask = (who = person(), withTeams = false) => source.accessOf({ person: who, withTeams, deadline: clock.at + 10_000, correlationId: 'x' });
  return { clock, teams, source, ask };
};
const down = (): Promise<never> => Promise.reject(new PeerUnavailable('down'));
const codeOf = (answer: AccessAnswer | Refusal): string => (isRefused(answer) ? answer.code : answer.kind);

describe('a viewer’s access', () => {
  test('is kept for 750 ms from when its question was sent, not from its answer', async () => {
    const { clock, teams, ask } = setUp();
    teams.answer = () => {
      clock.at += 400;
      return Promise.resolve(accessAt('team'));
    };
    await ask();
    clock.at += 349;
    await ask();
    expect(teams.questions).toBe(1);
    clock.at += 1;
    await ask();
    expect(teams.questions).toBe(2);
  });

  test('is asked once for questions at the same time, and apart for each viewer and company', async () => {
    const { teams, ask } = setUp();
    teams.answer = () => Promise.resolve(accessAt('team'));
    await Promise.all([ask(), ask(), ask()]);
    expect(teams.questions).toBe(1);
    teams.answer = () => Promise.resolve(accessAt('own', person('p2')));
    await ask(person('p2'));
    teams.answer = () => Promise.resolve(accessAt('own', person('p1', 'c2')));
    await ask(person('p1', 'c2'));
    expect(teams.questions).toBe(3);
    // another spelling is another id
    teams.answer = () => Promise.resolve(accessAt('own', person('P1')));
    await ask(person('P1'));
    expect(teams.questions).toBe(4);
  });

  test('with teams serves those who need none, not the other way', async () => {
    const { teams, ask } = setUp();
    await ask(person(), true);
    await ask();
    expect(teams.questions).toBe(1);
    const other = setUp();
    await other.ask();
    await other.ask(person(), true);
    expect(other.teams.questions).toBe(2);
  });

  test('is dropped early when something of the company changed, also while its question is on the way', async () => {
    const { teams, source, ask } = setUp();
    let arrive: (access: Access) => void = () => undefined;
    teams.answer = () => new Promise((resolve) => (arrive = resolve));
    const first = ask();
    await Promise.resolve();
    source.forgetCompany('c1', false);
    teams.answer = () => Promise.resolve(accessAt('own'));
    const second = await ask();
    arrive(accessAt('everything'));
    await first;
    expect(teams.questions).toBe(2);
    expect(isRefused(second) || second.kind === 'fallback' ? null : second.access.levels[view]).toBe('own');
    const third = await ask();
    expect(isRefused(third) || third.kind === 'fallback' ? null : third.access.levels[view]).toBe('own');
    source.forgetCompany('c2', true);
    await ask();
    expect(teams.questions).toBe(2);
  });

  test('is remembered for so many viewers at most', async () => {
    const { teams, source, ask } = setUp(10);
    for (let index = 0; index < 50; index += 1) {
      const who = person(`p${String(index)}`);
      teams.answer = () => Promise.resolve(accessAt('own', who));
      await ask(who);
    }
    expect(source.size()).toBe(10);
  });

  test('is no one else’s, and has levels that exist', async () => {
    const { teams, ask } = setUp();
    teams.answer = () => Promise.resolve(accessAt('everything', person('p2')));
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
    teams.answer = () => Promise.resolve(accessAt('everything', person('p1', 'c2')));
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
    teams.answer = () => Promise.resolve({ ...accessAt('own'), levels: { ...levelsAt('own'), [view]: 'all' as Level } });
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
  });

  test('of someone whom teams does not know is UNAUTHENTICATED, and nothing is remembered of them', async () => {
    const { clock, teams, ask } = setUp();
    await ask();
    clock.at += 1_000;
    teams.answer = () => Promise.resolve(null);
    expect(codeOf(await ask())).toBe('UNAUTHENTICATED');
    clock.at += 1_000;
    teams.answer = down;
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
  });
});

describe('in an outage', () => {
  test.each(levels)('last known %s: the narrower of own and that, without teams, the flag unknown', async (level) => {
    const { clock, teams, ask } = setUp();
    teams.answer = () => Promise.resolve(accessAt(level));
    await ask();
    clock.at += 1_000;
    teams.answer = down;
    const answer = await ask();
    if (isRefused(answer)) throw new Error(answer.message);
    const rights = rightsOf(person(), answer);
    expect({ ...rights, teamFlag: rights.teamFlag }).toMatchObject({ teamFlag: 'unknown', teamIds: [], expandedTeamIds: [], fallbackMs: 0 });
    const visibility = rights.visibilityFor(view);
    if (level === 'disabled') expect(visibility).toMatchObject({ code: 'FORBIDDEN' });
    else expect(visibility).toMatchObject({ companyId: 'c1', reach: { kind: 'own', viewerId: 'p1' } });
  });

  test('what was known is forgotten after 10 minutes', async () => {
    const { clock, teams, ask } = setUp();
    await ask();
    teams.answer = down;
    clock.at += 599_999;
    expect(codeOf(await ask())).toBe('fallback');
    clock.at += 1;
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
  });

  test.each([
    ['levels of the company may have changed, whenever that was', (source: AccessSource) => source.forgetCompany('c1', true)],
    ['changes may have been missed', (source: AccessSource) => source.forgetAll()],
  ])('what was known is forgotten at once when %s, and no answer to an earlier question brings it back', async (_, forget) => {
    const { clock, teams, source, ask } = setUp();
    await ask();
    clock.at += 1_000;
    let arrive: (access: Access) => void = () => undefined;
    teams.answer = () => new Promise((resolve) => (arrive = resolve));
    const earlier = ask();
    await Promise.resolve();
    forget(source);
    teams.answer = down;
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
    arrive(accessAt('everything'));
    expect(codeOf(await earlier)).toBe('known');
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
    teams.answer = () => Promise.resolve(accessAt('own'));
    await ask();
    clock.at += 1_000;
    teams.answer = down;
    expect(codeOf(await ask())).toBe('fallback');
  });

  test('what was known stays when a tree or another company changed', async () => {
    const { clock, teams, source, ask } = setUp();
    await ask();
    clock.at += 1_000;
    teams.answer = down;
    source.forgetCompany('c1', false);
    source.forgetCompany('c2', true);
    expect(codeOf(await ask())).toBe('fallback');
  });

  test('an answer that comes after that of a later question, which knew the person no more, does not bring their levels back', async () => {
    const { clock, teams, ask } = setUp();
    let arrive: (access: Access) => void = () => undefined;
    teams.answer = () => new Promise((resolve) => (arrive = resolve));
    const earlier = ask();
    await Promise.resolve();
    clock.at += 1_000;
    teams.answer = () => Promise.resolve(null);
    expect(codeOf(await ask())).toBe('UNAUTHENTICATED');
    arrive(accessAt('everything'));
    await earlier;
    clock.at += 1_000;
    teams.answer = down;
    expect(codeOf(await ask())).toBe('DEPENDENCY_UNAVAILABLE');
  });

  test('a failed question is not kept: the next one is asked anew', async () => {
    const { clock, teams, ask } = setUp();
    await ask();
    clock.at += 1_000;
    teams.answer = down;
    expect(codeOf(await ask())).toBe('fallback');
    teams.answer = () => Promise.resolve(accessAt('team'));
    expect(codeOf(await ask())).toBe('known');
  });

  test('a hanging question ends after 500 ms', async () => {
    const { clock, teams, ask } = setUp();
    await ask();
    clock.at += 1_000;
    teams.answer = () => new Promise(() => undefined);
    const { result, took, bare } = await besideTimer(500, ask);
    expect(codeOf(result)).toBe('fallback');
    expect(took / bare).toBeLessThan(1.2);
  });
});

test('with the flag off, level team is everything', () => {
  const rights = rightsOf(person(), { kind: 'known', access: accessAt('team', person(), false) });
  expect(rights.visibilityFor(view)).toMatchObject({ reach: { kind: 'everything' } });
});
