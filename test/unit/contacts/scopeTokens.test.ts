import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visibilityOf } from '../../../subgraphs/shared/access/scope.ts';
import { pendingToken, scopeTokensOf, teamToken, unassignedToken, viewerTokens, withPeopleOf } from '../../../subgraphs/shared/access/scopeTokens.ts';
import { referenceCanSee } from '../../support/referenceCanSee.ts';

const people = ['p1', 'p2', 'p3'] as const;
const teams = ['t1', 't2', 't3', 't4', 't5'] as const;
/** t1 above t2 above t3; t4 above t5. */
const parents = new Map<string, string | null>([['t1', null], ['t2', 't1'], ['t3', 't2'], ['t4', null], ['t5', 't4']]);
const ancestorsOf = (team: string): string[] => {
  const parent = parents.get(team) ?? null;
  return parent === null ? [] : [...ancestorsOf(parent), parent];
};

const contacts = fc.record({
  ownerId: fc.constantFrom(...people, null),
  assigneeId: fc.constantFrom(...people, null),
  teamOwnerIds: fc.subarray([...teams, 'gone']),
  teamOwnersPending: fc.boolean(),
});
const viewers = fc.record({ viewerId: fc.constantFrom(...people), level: fc.constantFrom('own' as const, 'team' as const), teamIds: fc.subarray([...teams]) });

const visibility = (viewer: { viewerId: string; level: 'own' | 'team'; teamIds: string[] }) =>
  visibilityOf({ companyId: 'c1', teamFlag: true, expandedTeamIds: [], treeVersion: 1, ...viewer });

describe('tokens of a contact and of a viewer (SPEC §3.1)', () => {
  test('meet exactly when the rule lets the viewer see the contact, from the own teams alone', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(contacts, viewers, (contact, viewer) => {
        const expected = referenceCanSee(
          { id: viewer.viewerId, companyId: 'c1', teams: viewer.teamIds, level: viewer.level },
          { companyId: 'c1', deleted: false, owner: contact.ownerId, assignee: contact.assigneeId, teamOwners: contact.teamOwnerIds, pending: contact.teamOwnersPending },
          { teamPermissionEnabled: true, parents },
        );
        const mine = new Set(viewerTokens(visibility(viewer).reach));
        expect(scopeTokensOf(contact, ancestorsOf).some((token) => mine.has(token))).toBe(expected);
        seen[expected ? 'yes' : 'no'] += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(500);
  });

  test('after a change of people alone are those that would be made anew', () => {
    fc.assert(
      fc.property(contacts, contacts, (contact, { ownerId, assigneeId }) => {
        const changed = { ...contact, ownerId, assigneeId };
        expect(withPeopleOf(scopeTokensOf(contact, ancestorsOf), changed)).toEqual(scopeTokensOf(changed, ancestorsOf));
        // the team owners of a pending contact come later; until then people are all that counts
        expect(withPeopleOf(scopeTokensOf(contact, ancestorsOf), { ...changed, teamOwnersPending: true })).toEqual(scopeTokensOf({ ...changed, teamOwnersPending: true }, ancestorsOf));
      }),
      { numRuns: 2_000 },
    );
  });

  test('while team owners are pending have no team and are not Unassigned', () => {
    const pending = scopeTokensOf({ ownerId: 'p1', assigneeId: 'p2', teamOwnerIds: ['t3'], teamOwnersPending: true }, ancestorsOf);
    expect(pending).toEqual(['p:p1', 'p:p2', pendingToken, 'u:p1', 'u:p2']);
    expect(scopeTokensOf({ ownerId: null, assigneeId: null, teamOwnerIds: [], teamOwnersPending: true }, ancestorsOf)).toEqual([pendingToken]);
  });

  test('are never those that lists of unusual cases use, whatever a viewer is named', () => {
    fc.assert(
      fc.property(viewers, (viewer) => {
        expect((viewerTokens(visibility(viewer).reach) ?? []).filter((token) => token === pendingToken || token.startsWith('p:'))).toEqual([]);
      }),
    );
    expect(teamToken(unassignedToken)).not.toBe(unassignedToken);
  });
});
