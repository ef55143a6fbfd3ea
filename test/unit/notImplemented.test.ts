import { describe, expect, test } from '@jest/globals';
import { resolvers as contacts } from '../../subgraphs/contacts/resolvers/resolvers.ts';
import type { NotImplemented } from '../../subgraphs/shared/edge.ts';
import { resolvers as teams } from '../../subgraphs/teams/resolvers/resolvers.ts';

/** What is agreed on the wire and not served yet. A field leaves this list with the change that serves it. */
const agreed = {
  teams: [],
  contacts: [
    'Mutation.loadLegacyTeams',
    'Mutation.startLegacyMove',
    'Query.legacyMove',
    'Query.teamOwnerCoverage',
    'Query.teamPermissionImpact',
  ],
};

const isUnserved = (resolver: unknown): resolver is NotImplemented => typeof resolver === 'function' && 'notImplemented' in resolver;

const unserved = (resolvers: object): string[] =>
  Object.entries(resolvers as Record<string, object>)
    .flatMap(([type, fields]) => Object.entries(fields).map(([field, resolver]) => [`${type}.${field}`, resolver as unknown] as const))
    .flatMap(([field, resolver]) => {
      if (!isUnserved(resolver)) return [];
      expect([field, resolver.notImplemented]).toEqual([field, field]);
      expect(resolver).toThrow(`${field} is agreed but not served yet.`);
      return [field];
    })
    .sort();

describe('fields that are agreed but not served yet', () => {
  test('of teams are these, and each says so', () => {
    expect(unserved(teams)).toEqual(agreed.teams);
  });

  test('of contacts are these, and each says so', () => {
    expect(unserved(contacts)).toEqual(agreed.contacts);
  });
});
