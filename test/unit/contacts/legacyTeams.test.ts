import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkLegacyInput, maxLoaded } from '../../../subgraphs/contacts/domain/legacyInput.ts';
import { coverageOf, decideMove, mapLegacyIds, maxTallied, type MovableContact, tally } from '../../../subgraphs/contacts/domain/legacyMove.ts';
import { legacyMatcher, type MatchableTeam, parseLegacyIds } from '../../../subgraphs/contacts/domain/legacyTeams.ts';
import { isRefused } from '../../../subgraphs/shared/errors.ts';

const company = '0a0a0a0a-0000-4000-8000-000000000001';
const team = (id: string, name: string, source: MatchableTeam['source'] = 'Launchpad', referenceId: string | null = null): MatchableTeam => ({ id, name, source, referenceId });
const faultOf = (rows: readonly object[], teams: readonly object[] = []): unknown => {
  const checked = checkLegacyInput({ companySsoId: company, rows: rows as never, teams: teams as never });
  return isRefused(checked) ? [checked.code, checked.details.field] : 'good';
};

describe('CHG-004: the list of legacy ids', () => {
  test.each([
    ['3,7', ['3', '7']], [' 3 ,\t7 ', ['3', '7']], ['3,3,7,3', ['3', '7']], [',,3,,', ['3']], ['', []], [' , ', []], [null, []], ['\u200b', []], ['\ufeff3', ['3']], ['03,3', ['03', '3']], ['a;b', ['a;b']],
  ])('%j is %j', (list, ids) => {
    expect(parseLegacyIds(list)).toEqual(ids);
  });

  test('whatever it holds, comes out as different ids without commas, in their order', () => {
    fc.assert(
      fc.property(fc.string(), (list) => {
        const ids = parseLegacyIds(list);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => id !== '' && !id.includes(',') && id === id.trim())).toBe(true);
        expect(parseLegacyIds(ids.join(','))).toEqual(ids);
      }),
    );
  });
});

describe('CHG-004: what a legacy team is here', () => {
  const teams = [
    team('crm-7', 'CRM - Sales', 'CRM', '7'),
    team('crm-8', 'Renamed', 'CRM', '8'),
    team('chat', 'Chat - Sales', 'Chat', '7'),
    team('chat-bare', 'Support', 'Chat', '3'),
    team('native-sales', 'Sales'),
    team('native-north', 'North'),
    team('native-north-2', 'NORTH'),
  ];
  const match = legacyMatcher(teams);
  test.each([
    ['the CRM team of that reference id, whatever it is called', '8', 'North', ['crm-8']],
    ['the CRM team of that name, before a native one', '99', 'Sales', ['crm-7']],
    ['a CRM team that was renamed, by its new name', '99', 'renamed', ['crm-8']],
    ['the native teams of that name, all of them', '99', 'north', ['native-north', 'native-north-2']],
    ['in another form of Unicode or case', '99', 'ｓａｌｅｓ', ['crm-7']],
    ['never a Chat team, by reference id', '3', null, []],
    ['never a Chat team, by name', '99', 'Support', []],
    ['never a Chat team, by its whole name', '99', 'Chat - Sales', []],
    ['nothing without a name', '99', null, []],
    ['nothing for another name', '99', 'South', []],
  ])('%s', (_, id, name, teamIds) => {
    expect(match(id, name)).toEqual({ teamIds });
  });

  test('all teams of all ids are kept; those without a team and those with several are named', () => {
    const names: Readonly<Record<string, string>> = { '1': 'Sales', '2': 'North', '3': 'Support' };
    expect(mapLegacyIds(['1', '2', '3', '7', '4'], (id) => names[id] ?? null, match)).toEqual({
      teamIds: ['crm-7', 'native-north', 'native-north-2'],
      unmatched: ['3', '4'],
      ambiguous: ['2'],
    });
  });
});

describe('CHG-004: what the move does to a contact', () => {
  const contact = (given: Partial<MovableContact>): MovableContact => ({ id: 'c', externalKey: null, version: 1, teamOwnerIds: [], teamOwnersPending: false, setBy: null, ...given });
  test.each([
    [{}, ['a', 'b'], { kind: 'set', teamOwnerIds: ['a', 'b'] }],
    [{ teamOwnerIds: ['a'], setBy: 'legacy_move' }, ['a', 'b'], { kind: 'set', teamOwnerIds: ['a', 'b'] }],
    [{ teamOwnerIds: ['a', 'z'], setBy: 'legacy_move' }, ['a'], { kind: 'kept' }],
    [{ teamOwnerIds: ['z'], setBy: 'legacy_move' }, [], { kind: 'kept' }],
    [{ teamOwnerIds: ['z'] }, ['a'], { kind: 'set', teamOwnerIds: ['z', 'a'] }],
    [{}, [], { kind: 'kept' }],
    ...(['person', 'auto', 'owner_change'] as const).flatMap((setBy) => [
      [{ setBy }, ['a'], { kind: 'left alone' }] as const,
      [{ setBy, teamOwnerIds: ['z'] }, ['a'], { kind: 'left alone' }] as const,
    ]),
    [{ teamOwnersPending: true }, ['a'], { kind: 'left alone' }],
    [{ teamOwnersPending: true, setBy: 'legacy_move' }, ['a'], { kind: 'left alone' }],
  ] as const)('%j with %j is %j', (given, teamIds, decision) => {
    expect(decideMove(contact(given), teamIds)).toEqual(decision);
  });

  test('never takes a team owner away, and a second run changes nothing', () => {
    const setBys = fc.constantFrom('auto', 'person', 'owner_change', 'legacy_move', null);
    const some = fc.subarray(['a', 'b', 'c', 'd']);
    fc.assert(
      fc.property(some, some, setBys, fc.boolean(), (teamOwnerIds, teamIds, setBy, teamOwnersPending) => {
        const before = contact({ teamOwnerIds, setBy, teamOwnersPending });
        const first = decideMove(before, teamIds);
        const after = first.kind === 'set' ? contact({ teamOwnerIds: first.teamOwnerIds, setBy: 'legacy_move' }) : before;
        expect(teamOwnerIds.every((id) => after.teamOwnerIds.includes(id))).toBe(true);
        expect(decideMove(after, teamIds).kind).not.toBe('set');
      }),
    );
  });

  test('coverage is 1 without contacts, and where there are no legacy rows', () => {
    expect([coverageOf({ contacts: 0, covered: 0 }, false), coverageOf({ contacts: 4, covered: 3 }, false), coverageOf({ contacts: 4, covered: 3 }, true)]).toEqual([1, 0.75, 1]);
  });

  test('a report names a bounded number of legacy teams and goes on counting those', () => {
    const full = tally(new Map(), Array.from({ length: maxTallied + 5 }, (_, n) => String(n)));
    expect(full.size).toBe(maxTallied);
    expect(tally(full, ['0', 'new', '0']).get('0')).toBe(3);
  });
});

describe('what is loaded is checked whole, and a bad value is named by its place', () => {
  const good = { contactKey: 'k', crmTeamHierarchyId: '3,7' };
  test.each([
    [{ ...good, contactKey: '' }, 'contactKey'], [{ ...good, contactKey: ' ' }, 'contactKey'], [{ ...good, contactKey: 'a\u0000' }, 'contactKey'],
    [{ ...good, contactKey: '\ud800' }, 'contactKey'], [{ ...good, contactKey: 'x'.repeat(100_000) }, 'contactKey'],
    [{ ...good, crmTeamHierarchyId: '3\u0000,7' }, 'crmTeamHierarchyId'], [{ ...good, crmTeamHierarchyId: '\udfff' }, 'crmTeamHierarchyId'],
    [{ ...good, crmTeamHierarchyId: '3,'.repeat(6_000) }, 'crmTeamHierarchyId'], [{ ...good, crmTeamHierarchyId: 'x'.repeat(65) }, 'crmTeamHierarchyId'],
  ])('one bad row of 1,000: %#', (row, field) => {
    const rows = Array.from({ length: 1_000 }, (_, n) => ({ ...good, contactKey: `k${String(n)}` }));
    expect(faultOf([...rows.slice(0, 700), row, ...rows.slice(701)])).toEqual(['BAD_USER_INPUT', `input.rows[700].${field}`]);
  });

  test.each([
    [{ legacyTeamId: '', name: 'Sales' }, 'legacyTeamId'], [{ legacyTeamId: '3,7', name: 'Sales' }, 'legacyTeamId'], [{ legacyTeamId: 'x'.repeat(65), name: 'Sales' }, 'legacyTeamId'],
    [{ legacyTeamId: '3\u0000', name: 'Sales' }, 'legacyTeamId'], [{ legacyTeamId: '3', name: ' ' }, 'name'], [{ legacyTeamId: '3', name: 'x'.repeat(256) }, 'name'], [{ legacyTeamId: '3', name: '\ud800' }, 'name'],
  ])('a bad name: %#', (name, field) => {
    expect(faultOf([], [{ legacyTeamId: '1', name: 'Good' }, name])).toEqual(['BAD_USER_INPUT', `input.teams[1].${field}`]);
  });

  test('a blank list is none; of the same key the last counts; zero-width twins stay two keys', () => {
    const checked = checkLegacyInput({ companySsoId: company, rows: [{ contactKey: 'a', crmTeamHierarchyId: '3' }, { contactKey: 'a', crmTeamHierarchyId: ' ' }, { contactKey: 'a\u200b' }], teams: null });
    expect(checked).toEqual({ companyId: company, names: [], rows: [{ contactKey: 'a', crmTeamHierarchyId: null }, { contactKey: 'a\u200b', crmTeamHierarchyId: null }] });
  });

  test.each(['x', company.toUpperCase(), `${company} `, ''])('company %j is BAD_USER_INPUT', (companySsoId) => {
    expect(checkLegacyInput({ companySsoId })).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'input.companySsoId' } });
  });

  test('10,000 of each are taken, one more of either is BATCH_TOO_LARGE', () => {
    const rows = Array.from({ length: maxLoaded + 1 }, (_, n) => ({ contactKey: String(n) }));
    const teams = Array.from({ length: maxLoaded + 1 }, (_, n) => ({ legacyTeamId: String(n), name: 'Sales' }));
    expect(faultOf(rows.slice(1), teams.slice(1))).toBe('good');
    expect(faultOf(rows)).toEqual(['BATCH_TOO_LARGE', 'input.rows']);
    expect(faultOf([], teams)).toEqual(['BATCH_TOO_LARGE', 'input.teams']);
  });
});
