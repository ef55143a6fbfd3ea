import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scopeFilter } from '../../../subgraphs/contacts/store/scopeFilter.ts';
import { levels } from '../../../subgraphs/shared/access/permissions.ts';
import { visibilityOf } from '../../../subgraphs/shared/access/scope.ts';
import { productRule, type Verdicts, verdictsOf } from '../../support/scopeRule.ts';

describe('the filter and the check', () => {
  test('agree with each other and with the reference on every contact', () => {
    const seen = { yes: 0, no: 0 };
    const judge = (verdicts: Verdicts): boolean => {
      const { reference } = verdicts;
      expect(verdicts).toEqual({ reference, check: reference, teamOwners: reference, tokens: reference });
      seen[reference ? 'yes' : 'no'] += 1;
      return true;
    };
    fc.assert(verdictsOf(productRule, judge), { numRuns: 3_000 });
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(200);
  });

  test('always name the company and leave deleted contacts out', () => {
    for (const level of levels) {
      const visibility = visibilityOf({ companyId: 'c1', viewerId: 'p1', level, teamFlag: true, teamIds: [], expandedTeamIds: [], treeVersion: 1 });
      for (const form of ['tokens', 'team owners'] as const) expect(scopeFilter(visibility, form)).toMatchObject({ company_sso_id: 'c1', is_deleted: false });
    }
  });
});
