import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { type Refusal, unauthenticated } from '../../../subgraphs/shared/errors.ts';
import type { Scope, Viewer } from '../../../subgraphs/shared/viewer.ts';
import { createShield, shieldFaults, shieldTable } from '../../../gateway/shield.ts';
import { createPlanner } from '../../../gateway/plans/planner.ts';
import { supergraphSdl } from '../../../gateway/supergraph.ts';
import { testId } from '../../support/tokens.ts';

const { schema } = createPlanner(supergraphSdl());
const shield = createShield(schema, { table: shieldTable, introspection: true });
const person: Viewer = { kind: 'person', userId: testId(1), companyId: testId(2), platform: 'web' };
const service = (...scopes: Scope[]): Viewer => ({ kind: 'service', id: 'squad', scopes, platform: 'web' });
const code = (query: string, viewer: Viewer | Refusal, gate = shield): string | undefined => {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error(`${query} has no operation`);
  return gate(document, operation)(viewer)?.code;
};

describe('the table of root fields', () => {
  test('has a rule for every root field of the supergraph, and no other', () => {
    expect(shieldFaults(schema, shieldTable)).toEqual([]);
  });

  test('HOSTILE 52: a root field without a rule is an error at build that names it', () => {
    const { me: _me, ...rest } = shieldTable.Query;
    expect(() => createShield(schema, { table: { ...shieldTable, Query: rest }, introspection: true })).toThrow('Query.me has no rule');
  });

  test('a rule without a field is an error at build', () => {
    const table = { ...shieldTable, Query: { ...shieldTable.Query, gone: { people: true, scopes: [] } } };
    expect(() => createShield(schema, { table, introspection: true })).toThrow('Query.gone is no field');
  });

  test('a field that nobody thought of is denied even if the build let it pass', () => {
    const odd = createShield(buildSchema('type Query { a: Int }'), { table: { Query: { a: { people: true, scopes: [] } }, Mutation: {}, Subscription: {} }, introspection: true });
    expect(code('{ constructor }', person, odd)).toBe('FORBIDDEN');
    expect(code('{ __proto__ }', person, odd)).toBe('FORBIDDEN');
  });
});

describe('who may ask', () => {
  test.each([
    ['{ me { id } }', unauthenticated('no'), 'UNAUTHENTICATED'],
    ['{ me { id } }', person, undefined],
    ['{ me { id } }', service('teams:trigger'), 'FORBIDDEN'],
    ['{ team(id: 1) { id } }', service('teams:migrate:chat'), undefined],
    ['{ team(id: 1) { id } }', service('contacts:write'), 'FORBIDDEN'],
    ['mutation { migrateTeams { job } }', person, 'FORBIDDEN'],
    ['mutation { migrateTeams { job } }', service('teams:migrate:crm'), undefined],
    ['mutation { migrateTeams { job } }', service('teams:trigger'), 'FORBIDDEN'],
    ['{ migrationJob(id: 1) { id } }', service('teams:trigger'), undefined],
    ['mutation { createContact { id } }', service('contacts:write'), undefined],
    ['mutation { deleteContact { id } }', service('contacts:write'), 'FORBIDDEN'],
    ['subscription { teamMigrated { teamId } }', service('flags:write'), 'FORBIDDEN'],
  ] as const)('%s', (query, viewer, expected) => {
    expect(code(query, viewer)).toBe(expected);
  });

  test('one forbidden field refuses the whole operation, also through fragments and below @skip', () => {
    expect(code('{ me { id } ...A } fragment A on Query { ... { flags @skip(if: true) { flag } } }', person)).toBe('FORBIDDEN');
    expect(code('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A me { id } }', person)).toBeUndefined();
  });

  test('introspection needs no token while it is on, and is FORBIDDEN while it is off', () => {
    expect(code('{ __schema { types { name } } }', unauthenticated('no'))).toBeUndefined();
    const closed = createShield(schema, { table: shieldTable, introspection: false });
    expect(code('{ __schema { types { name } } }', person, closed)).toBe('FORBIDDEN');
    expect(code('{ __typename }', unauthenticated('no'), closed)).toBe('UNAUTHENTICATED');
  });
});
