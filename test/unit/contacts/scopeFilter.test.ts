import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { compileFilter } from '../../../embedded/mongo/query/filter.ts';
import { toContact } from '../../../subgraphs/contacts/store/documents.ts';
import { scopeFilter } from '../../../subgraphs/contacts/store/scopeFilter.ts';
import { storedScope } from '../../../subgraphs/contacts/store/scopeWrites.ts';
import { levels } from '../../../subgraphs/shared/access/permissions.ts';
import { canSee, visibilityOf } from '../../../subgraphs/shared/access/scope.ts';
import { contactDocument } from '../../support/contactsHarness.ts';
import { referenceCanSee } from '../../support/referenceCanSee.ts';

const companies = ['c1', 'c2'] as const;
const people = ['p1', 'p2'] as const;
const teams = ['t1', 't2', 't3', 't4'] as const;
/** t1 above t2 above t3; t4 apart. */
const parents = new Map<string, string | null>([['t1', null], ['t2', 't1'], ['t3', 't2'], ['t4', null]]);
const below: Readonly<Record<string, readonly string[]>> = { t1: ['t1', 't2', 't3'], t2: ['t2', 't3'], t3: ['t3'], t4: ['t4'] };

const ancestorsOf = (team: string): string[] => {
  const parent = parents.get(team) ?? null;
  return parent === null ? [] : [...ancestorsOf(parent), parent];
};

const documents = fc.record({
  company: fc.constantFrom(...companies),
  is_deleted: fc.boolean(),
  owner_id: fc.constantFrom(...people, null),
  assignee_id: fc.constantFrom(...people, null),
  team_owner_ids: fc.oneof(fc.subarray([...teams, 'gone']), fc.constant(null), fc.constant(undefined)),
  team_owners_pending: fc.constantFrom(true, false, null, undefined),
});
const viewers = fc.record({ companyId: fc.constantFrom(...companies), viewerId: fc.constantFrom(...people), level: fc.constantFrom(...levels), teamFlag: fc.boolean(), teamIds: fc.subarray([...teams]) });

describe('the filter and the check', () => {
  test('agree with each other and with the reference on every contact', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(documents, viewers, ({ company, ...shape }, viewer) => {
        const given = Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
        const { team_owner_ids: _teams, team_owners_pending: _pending, ...bare } = contactDocument(company);
        const document = { ...bare, ...given, _id: new ObjectId() };
        const visibility = visibilityOf({ ...viewer, expandedTeamIds: viewer.teamIds.flatMap((id) => below[id] ?? []), treeVersion: 1 });
        const byReference = referenceCanSee(
          { id: viewer.viewerId, companyId: viewer.companyId, teams: viewer.teamIds, level: viewer.level },
          { companyId: company, deleted: shape.is_deleted, owner: shape.owner_id, assignee: shape.assignee_id, teamOwners: shape.team_owner_ids ?? null, pending: shape.team_owners_pending ?? false },
          { teamPermissionEnabled: viewer.teamFlag, parents },
        );
        expect(canSee(visibility, toContact(document))).toBe(byReference);
        expect(compileFilter(scopeFilter(visibility, 'team owners') as never).test(document as never)).toBe(byReference);
        const tokened = { ...document, ...storedScope(toContact(document), { treeVersion: 1, ancestorsOf }) };
        expect(compileFilter(scopeFilter(visibility, 'tokens') as never).test(tokened as never)).toBe(byReference);
        seen[byReference ? 'yes' : 'no'] += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(200);
  });

  test('always name the company and leave deleted contacts out', () => {
    for (const level of levels) {
      const visibility = visibilityOf({ companyId: 'c1', viewerId: 'p1', level, teamFlag: true, teamIds: [], expandedTeamIds: [], treeVersion: 1 });
      for (const form of ['tokens', 'team owners'] as const) expect(scopeFilter(visibility, form)).toMatchObject({ company_sso_id: 'c1', is_deleted: false });
    }
  });
});
