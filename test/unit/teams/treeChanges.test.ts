import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefused, type Refusal } from '../../../subgraphs/shared/errors.ts';
import { readInstant } from '../../../subgraphs/teams/domain/instant.ts';
import { contactsToAfter } from '../../../subgraphs/teams/domain/teamDeletion.ts';
import { checkName, checkPeople } from '../../../subgraphs/teams/domain/teamInput.ts';
import { placeRefusal } from '../../../subgraphs/teams/domain/teamPlace.ts';

const refusal = (result: unknown): string | null => (isRefused(result) ? `${result.code} ${result.details.field ?? ''}` : null);
const line = (length: number): string[] => Array.from({ length }, (_, n) => `a${n}`);

describe('a place in the tree', () => {
  test('below the team itself or below what is below it is refused; below anything else it is not', () => {
    const moved = { id: 'x', levels: 2 };
    expect(refusal(placeRefusal({ id: 'x', ancestors: [] }, moved))).toBe('UNPROCESSABLE input.parentId');
    expect(refusal(placeRefusal({ id: 'b', ancestors: ['r', 'x', 'a'] }, moved))).toBe('UNPROCESSABLE input.parentId');
    expect(placeRefusal({ id: 'b', ancestors: ['r', 'a'] }, moved)).toBeNull();
    expect(placeRefusal(null, moved)).toBeNull();
  });

  test('is on one of 32 levels, for a new team and for the lowest of what moves with one', () => {
    expect(placeRefusal({ id: 'p', ancestors: line(30) }, null)).toBeNull();
    expect(refusal(placeRefusal({ id: 'p', ancestors: line(31) }, null))).toBe('UNPROCESSABLE input.parentId');
    fc.assert(
      fc.property(fc.nat({ max: 31 }), fc.integer({ min: 1, max: 32 }), (above, levels) => {
        const refused = placeRefusal({ id: 'p', ancestors: line(above) }, { id: 'x', levels });
        expect(refused !== null).toBe(above + 1 + levels > 32);
      }),
    );
  });
});

describe('what takes a deleted team its place on contacts', () => {
  const root = { id: 'r', parentId: null, isDefault: false };
  const child = { id: 'c', parentId: 'r', isDefault: false };
  const none = { reassignContactsTo: null, confirmUnassigned: false };

  test.each([
    ['of a child: its parent', child, none, { contactsTo: 'r' }],
    ['of a root: the stated team', root, { ...none, reassignContactsTo: 'o' }, { contactsTo: 'o' }],
    ['of a root: nothing, when that is confirmed', root, { ...none, confirmUnassigned: true }, { contactsTo: null }],
  ])('%s', (_what, team, outcome, expected) => {
    expect(contactsToAfter(team, outcome)).toEqual(expected);
  });

  test.each([
    ['a root without a stated outcome', root, none, 'BAD_USER_INPUT input.reassignContactsTo'],
    ['a root with both', root, { reassignContactsTo: 'o', confirmUnassigned: true }, 'BAD_USER_INPUT input.confirmUnassigned'],
    ['a root whose place the root itself would take', root, { ...none, reassignContactsTo: 'r' }, 'BAD_USER_INPUT input.reassignContactsTo'],
    ['a child with another team than its parent', child, { ...none, reassignContactsTo: 'o' }, 'BAD_USER_INPUT input.reassignContactsTo'],
    ['a child to Unassigned', child, { ...none, confirmUnassigned: true }, 'BAD_USER_INPUT input.confirmUnassigned'],
    ['the default team', { ...root, isDefault: true }, { ...none, confirmUnassigned: true }, 'UNPROCESSABLE input.id'],
    ['the default team below another', { ...child, isDefault: true }, none, 'UNPROCESSABLE input.id'],
  ])('is refused for %s', (_what, team, outcome, expected) => {
    expect(refusal(contactsToAfter(team, outcome))).toBe(expected);
  });
});

describe('input', () => {
  test('a name of 255 characters passes, twins in another form too; one that cannot be kept or read does not', () => {
    for (const name of ['x'.repeat(255), '😀'.repeat(255), 'e\u0301quipe', '\u00e9quipe', 'שלום', 'a\u200bb']) expect(checkName(name)).toBe(name);
    const message = (name: string): string => (checkName(name) as Refusal).message;
    for (const name of ['x'.repeat(256), 'x'.repeat(100_000), '', '  ', '\u200b', 'a\u0000b', 'a\ud800']) expect(refusal(checkName(name))).toBe('BAD_USER_INPUT input.name');
    expect(message('a\ud800')).toContain('has a lone surrogate');
    expect(message('x'.repeat(100_000)).length).toBeLessThan(300);
  });

  test('people are 1 to 100, each once', () => {
    expect(checkPeople('input.userIds', ['b', 'a', 'b'])).toEqual(['a', 'b']);
    const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `p${n}`);
    expect(checkPeople('input.userIds', [...many(100), ...many(100)])).toHaveLength(100);
    for (const ids of [[], many(101)]) expect(refusal(checkPeople('input.userIds', ids))).toBe('BAD_USER_INPUT input.userIds');
  });

  test('an instant is ISO 8601 with its zone, from 1970 to 9999', () => {
    expect(readInstant('from', '2026-07-01T03:00:00.000Z')).toEqual(new Date('2026-07-01T03:00:00.000Z'));
    expect(readInstant('from', '2026-07-01T10:00+07:00')).toEqual(new Date('2026-07-01T03:00:00.000Z'));
    const bad = ['', 'today', '2026-07-01', '2026-07-01T03:00:00', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '1969-12-31T23:59:59Z', '0000-01-01T00:00:00Z', 5, {}, { $ne: null }, ['2026-07-01T03:00:00Z'], true];
    for (const given of bad) expect(refusal(readInstant('filter.from', given))).toBe('BAD_USER_INPUT filter.from');
  });
});
