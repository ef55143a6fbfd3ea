import { describe, expect, test } from '@jest/globals';
import { canStayOpen, keptItem, type PushedItem, storable } from '../../../subgraphs/teams/domain/migrationItem.ts';
import { type CompanyFacts, type Outcome, planCompany } from '../../../subgraphs/teams/domain/migrationPlan.ts';

const company = '11111111-1111-4111-8111-111111111111';
const nothing: CompanyFacts = { closed: null, teams: new Map(), tombstones: new Map(), levels: new Map() };
const pushed = (id: string | null, parent: string | null = null, name: string | null = 'A team'): PushedItem => ({
  companySsoId: company,
  appIdentifierId: id,
  parentAppIdentifierId: parent,
  name,
});
const plan = (items: readonly PushedItem[], facts: Partial<CompanyFacts> = {}): readonly Outcome[] =>
  planCompany(items.map(keptItem), { ...nothing, ...facts });
/** Outcomes by the place of their item. */
const words = (items: readonly PushedItem[], facts: Partial<CompanyFacts> = {}): readonly string[] => {
  const said: string[] = [];
  for (const outcome of plan(items, facts)) said[outcome.item.index] = outcome.kind === 'fail' ? outcome.fault.reason : outcome.kind;
  return said;
};
const parentsPrecede = (outcomes: readonly Outcome[]): boolean => {
  const seen = new Set<number>();
  return outcomes.every((outcome) => {
    if (outcome.kind === 'duplicate') return seen.has(outcome.of);
    if (outcome.kind !== 'create') return true;
    seen.add(outcome.item.index);
    return outcome.parent.kind !== 'item' || seen.has(outcome.parent.index);
  });
};

describe('the plan of a push', () => {
  test('a parent may come later in the batch, and is created before its children', () => {
    const items = [pushed('c', 'b'), pushed('b', 'a'), pushed('a')];
    expect(words(items)).toEqual(['create', 'create', 'create']);
    expect(parentsPrecede(plan(items))).toBe(true);
  });

  test('a parent that is neither here nor in the batch fails that item only', () => {
    expect(words([pushed('a', 'nobody'), pushed('b')])).toEqual(['PARENT_UNKNOWN', 'create']);
  });

  test('a null, missing or blank parent is none', () => {
    expect(words([pushed('a', null), pushed('b', ''), pushed('c', ' \u200b ')])).toEqual(['create', 'create', 'create']);
  });

  test('of duplicates the first that does not fail wins, those after it are skipped', () => {
    expect(words([pushed('a', 'nobody'), pushed('a'), pushed('a', null, 'Other'), pushed('a', 'nobody')])).toEqual([
      'PARENT_UNKNOWN',
      'create',
      'duplicate',
      'duplicate',
    ]);
  });

  test('duplicates of which none succeeds fail each for its own reason', () => {
    expect(words([pushed('a', 'nobody'), pushed('a', null, ' '), pushed('a', 'a')])).toEqual(['PARENT_UNKNOWN', 'INVALID_NAME', 'PARENT_CYCLE']);
  });

  test('a child finds the duplicate of its parent that succeeds', () => {
    expect(words([pushed('b', 'a'), pushed('a', 'nobody'), pushed('a')])).toEqual(['create', 'PARENT_UNKNOWN', 'create']);
  });

  test('items that are their own ancestor fail, and those below them for want of a parent', () => {
    const items = [pushed('a', 'b'), pushed('b', 'c'), pushed('c', 'a'), pushed('below', 'a'), pushed('self', 'self'), pushed('good')];
    expect(words(items)).toEqual(['PARENT_CYCLE', 'PARENT_CYCLE', 'PARENT_CYCLE', 'PARENT_UNKNOWN', 'PARENT_CYCLE', 'create']);
  });

  test('a circle that a duplicate leads out of is none for the others', () => {
    expect(words([pushed('a', 'b'), pushed('b', 'a'), pushed('b')])).toEqual(['create', 'PARENT_CYCLE', 'create']);
  });

  test('what is here is skipped, whatever its name and parent are now', () => {
    const facts = { teams: new Map([['a', 'team-a']]) };
    expect(plan([pushed('a', 'nobody', 'New name')], facts)).toMatchObject([{ kind: 'exists', teamId: 'team-a' }]);
  });

  test('what was deleted here stays deleted, and as a parent stands for where its children went', () => {
    const facts = { tombstones: new Map([['gone', 'team-p'], ['gone root', null]]), levels: new Map([['team-p', 3]]) };
    expect(plan([pushed('gone'), pushed('a', 'gone'), pushed('b', 'gone root')], facts)).toMatchObject([
      { kind: 'deleted' },
      { kind: 'create', item: { index: 1 }, parent: { kind: 'team', id: 'team-p' }, level: 4 },
      { kind: 'create', item: { index: 2 }, parent: { kind: 'root' } },
    ]);
  });

  test('the 32nd level is the last; what hangs below it has no parent', () => {
    const chain = Array.from({ length: 34 }, (_, n) => pushed(String(n), n === 0 ? null : String(n - 1)));
    expect(words(chain).slice(30)).toEqual(['create', 'create', 'DEPTH_EXCEEDED', 'PARENT_UNKNOWN']);
    const facts = { teams: new Map([['deep', 'team-d']]), levels: new Map([['team-d', 31]]) };
    expect(words([pushed('a', 'deep')], facts)).toEqual(['DEPTH_EXCEEDED']);
  });

  test.each([
    ['unknown', 'COMPANY_UNKNOWN'],
    ['inactive', 'COMPANY_UNKNOWN'],
    ['flags off', 'FLAG_OFF'],
  ] as const)('a company that is %s fails its items with %s', (closed, reason) => {
    expect(words([pushed('a')], { closed })).toEqual([reason]);
  });

  test.each([
    ['a blank name', pushed('a', null, ' \t'), 'INVALID_NAME'],
    ['no name', pushed('a', null, null), 'INVALID_NAME'],
    ['a name of 100,000 characters', pushed('a', null, 'x'.repeat(100_000)), 'INVALID_NAME'],
    ['a NUL in the name', pushed('a', null, 'a\u0000b'), 'INVALID_NAME'],
    ['a lone surrogate in the name', pushed('a', null, 'a\ud800b'), 'INVALID_NAME'],
    ['no app id', pushed(null), 'INVALID_APP_IDENTIFIER'],
    ['a blank app id', pushed('  '), 'INVALID_APP_IDENTIFIER'],
    ['a NUL in the parent', pushed('a', 'x\u0000'), 'INVALID_APP_IDENTIFIER'],
    ['a malformed company', { ...pushed('a'), companySsoId: 'no uuid' }, 'COMPANY_UNKNOWN'],
    ['a company in upper case', { ...pushed('a'), companySsoId: company.replace('8111', '8AAA') }, 'COMPANY_UNKNOWN'],
    ['no company', { ...pushed('a'), companySsoId: null }, 'COMPANY_UNKNOWN'],
  ])('%s fails that item and no other', (_, bad, reason) => {
    const outcomes = plan([bad, pushed('good')]);
    expect(outcomes).toMatchObject([{ kind: 'fail', fault: { reason } }, { kind: 'create' }]);
    const [first] = outcomes;
    expect(first?.kind === 'fail' ? first.fault.message : '').toMatch(/^items\[0\]\.\w+ is .*(must be|missing)/u);
  });

  test('a failure stays open under a usable app id only, whatever the item failed for', () => {
    const open = (item: PushedItem, reason: Parameters<typeof canStayOpen>[1]) => canStayOpen(keptItem(item, 0), reason);
    expect([open(pushed('a', 'b\u0000'), 'INVALID_APP_IDENTIFIER'), open(pushed('a', null, ''), 'INVALID_NAME'), open(pushed('a'), 'INTERNAL')]).toEqual([true, true, true]);
    for (const id of [null, '', 'x.parentAppIdentifierId \u0000', 'x'.repeat(256)]) {
      expect([open(pushed(id), 'INVALID_APP_IDENTIFIER'), open(pushed(id), 'INTERNAL'), open(pushed(id, null, ''), 'FLAG_OFF')]).toEqual([false, false, false]);
    }
    expect([open({ ...pushed('a'), companySsoId: 'no uuid' }, 'INTERNAL'), open(pushed('a'), 'COMPANY_UNKNOWN')]).toEqual([false, false]);
  });

  test('a name of 255 characters is good, astral ones counted once', () => {
    expect(words([pushed('a', null, '😀'.repeat(255)), pushed('b', null, '😀'.repeat(256))])).toEqual(['create', 'INVALID_NAME']);
  });

  test('composed and decomposed forms are two ids, and names of object members are ids like any other', () => {
    expect(words([pushed('é'), pushed('e\u0301'), pushed('__proto__'), pushed('constructor', '__proto__')])).toEqual(['create', 'create', 'create', 'create']);
  });

  test('texts are kept with what Postgres cannot hold replaced', () => {
    expect(storable('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc');
    expect(Array.from(storable('😀'.repeat(300)) ?? '')).toHaveLength(255);
    expect(storable('é')).toBe('é');
  });

  test.each([
    ['10,000 in a chain from the root', Array.from({ length: 10_000 }, (_, n) => pushed(String(n), n === 0 ? null : String(n - 1)))],
    ['10,000 in a chain whose root comes last', Array.from({ length: 10_000 }, (_, n) => pushed(String(n), n === 9_999 ? null : String(n + 1)))],
    ['10,000 in one circle', Array.from({ length: 10_000 }, (_, n) => pushed(String(n), String((n + 1) % 10_000)))],
    ['one id again and again', Array.from({ length: 10_000 }, (_, n) => pushed('same', n % 2 === 0 ? 'same' : 'nobody'))],
    ['circles behind circles', Array.from({ length: 5_000 }, (_, n) => [pushed('a', `x${n}`), pushed(`x${n}`, 'a')]).flat()],
    ['parents 100,000 deep, more than a call may have', Array.from({ length: 100_000 }, (_, n) => pushed(String(n), n === 0 ? null : String(n - 1)))],
    ['a wide tree', Array.from({ length: 10_000 }, (_, n) => pushed(String(n), n === 0 ? null : String(Math.floor(n / 10))))],
  ])('items are planned, whatever their shape: %s', (_, items) => {
    const kept = items.map(keptItem);
    const outcomes = planCompany(kept, nothing);
    expect(outcomes).toHaveLength(items.length);
    expect(new Set(outcomes.map(({ item }) => item.index)).size).toBe(items.length);
    expect(parentsPrecede(outcomes)).toBe(true);
  });
});
