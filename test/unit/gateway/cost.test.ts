import { describe, expect, test } from '@jest/globals';
import { buildSchema, getNamedType, getNullableType, getOperationAST, isCompositeType, isListType, isObjectType, parse, validate } from 'graphql';
import { operations } from '../../../bench/gateways/operations.ts';
import { createCostLimit, costLimits, type CostLimits } from '../../../gateway/cost/limit.ts';
import { pricesOf } from '../../../gateway/cost/prices.ts';
import { createPlanner } from '../../../gateway/plans/planner.ts';
import { supergraphSdl } from '../../../gateway/supergraph.ts';

const sdl = supergraphSdl();
const { schema } = createPlanner(sdl);
const prices = pricesOf(sdl);

const costed = (query: string, over = schema, priced = prices, limits: CostLimits = costLimits) => {
  const document = parse(query);
  expect(validate(over, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return createCostLimit(over, priced, limits)(document, operation);
};
const cost = (query: string, variables: Record<string, unknown> = {}): number => costed(query).costOf(variables);

describe('what an operation costs (docs/wire.md, Cost)', () => {
  test.each([
    ['an object is 1, a scalar nothing', '{ me { role expandedTeamIds } }', 1],
    ['a root field of a mutation is 10', 'mutation { renameTeam(input: { id: "t", name: "n" }) { team { id } } }', 11],
    ['a field may have a cost of its own', 'mutation { migrateTeams(input: { app: CHAT, items: [] }) { job { id } } }', 101],
    ['the example of docs/wire.md', '{ contacts(first: 50) { totalCount nodes { name teamOwners { name } notes(first: 3) { nodes { text } } } } }', 521],
    ['a page without a size is 20 items', '{ teams { nodes { id } } }', 1 + 20],
    ['a page is as many items as first says', '{ teams(first: 7) { nodes { id } } }', 1 + 7],
    ['or as last says', '{ teams(last: 7) { nodes { id } } }', 1 + 7],
    ['the larger of both', '{ teams(first: 3, last: 7) { nodes { id } } }', 1 + 7],
    ['lists multiply', '{ teams(first: 10) { nodes { children(first: 5) { nodes { id } } } } }', 1 + 10 * (1 + (1 + 5))],
    ['what is beside the list is counted once', '{ contacts(first: 10) { totalCount pageInfo { endCursor } nodes { id } } }', 1 + 20 + 1 + 10],
    ['an unpaged list is its assumed size', '{ contact(id: "c") { teamOwners { parent { id } } } }', 1 + 5 * 2],
    ['a fragment counts wherever it is spread, and the same field once', '{ a: team(id: "1") { ...F } b: team(id: "2") { ...F parent { name } } } fragment F on Team { parent { id } }', 4],
    ['a negative size is none', '{ teams(first: -5) { nodes { id } } }', 1],
    ['introspection has a price of its own', '{ __schema { types { name } } a: __type(name: "Team") { name } __typename }', 110],
    ['left out by a literal', '{ team(id: "t") { parent @skip(if: true) { id } children @include(if: false) { nodes { id } } } }', 1],
  ])('%s', (_what, query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  test('sizes and conditions that are variables are put in for each request', () => {
    const operation = costed('query ($first: Int, $inner: Int = 3, $with: Boolean!) { teams(first: $first) { nodes { id children(first: $inner) @include(if: $with) { nodes { id } } parent @skip(if: $with) { id } } } }');
    expect(operation.costOf({ first: 10, inner: 3, with: true })).toBe(1 + 10 * (1 + 1 + 3));
    expect(operation.costOf({ first: 10, inner: 3, with: false })).toBe(1 + 10 * 2);
    expect(operation.costOf({ inner: 3, with: false })).toBe(1 + 20 * 2);
    expect(operation.costOf({ first: null, inner: 3, with: false })).toBe(1 + 20 * 2);
    expect(operation.costOf({ first: 2_147_483_647, inner: 3, with: false })).toBe(1 + 2_147_483_647 * 2);
  });

  test('a default of the schema is the size of an argument that is not given', () => {
    expect(cost('{ users { nodes { id } } }')).toBe(1 + 20);
    expect(cost('query ($first: Int) { users(first: $first) { nodes { id } } }', { first: 50 })).toBe(1 + 50);
  });
});

describe('an operation that costs too much', () => {
  test('is refused with the limit, its cost, and the root field that costs most', () => {
    const operation = costed('query ($n: Int) { me { role } contacts(first: $n) { nodes { notes(first: $n) { nodes { author { fullName } } } } } }');
    const variables = { n: 1_000 };
    const value = operation.costOf(variables);
    expect(operation.judge(value, variables)).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'query', limit: { name: 'cost', max: 25_000, value: 2_002_002 } } });
    expect(operation.judge(value, variables)?.message).toContain('contacts alone is 2002001');
    expect(operation.judge(operation.costOf({ n: 100 }), { n: 100 })).toBeUndefined();
  });

  test('is none of ours: the bench, and the costliest of the tests, with room for four times as much', () => {
    const ours = Object.values(operations).map(({ query, variables }) => cost(query, variables(1)));
    const costliest = cost('{ contacts(first: 50) { nodes { notes { totalCount nodes { text permission { update delete } contact { id } } } } } }');
    expect(costliest).toBe(3_151);
    expect(4 * Math.max(...ours, costliest)).toBeLessThan(costLimits.cost);
  });
});

describe('a field inside itself', () => {
  const nested = (times: number): string => (times === 0 ? 'id' : `parent { ${nested(times - 1)} }`);
  test('counts along one path, through fragments, whatever its alias', () => {
    expect(costed(`{ team(id: "t") { ${nested(6)} } }`).refusal).toBeUndefined();
    expect(costed(`{ team(id: "t") { ${nested(7)} } }`).refusal).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'query', limit: { name: 'recursion', max: 6, value: 7 } } });
    expect(costed(`{ team(id: "t") { ${nested(7)} } }`).refusal?.message).toContain('Team.parent');
    expect(costed(`{ team(id: "t") { ...F parent { x: parent { ...F } } } } fragment F on Team { ${nested(5)} }`).refusal).toMatchObject({ details: { limit: { value: 7 } } });
    expect(costed(`{ team(id: "t") { a: parent { ${nested(5)} } b: parent { ${nested(5)} } } }`).refusal).toBeUndefined();
  });
});

describe('the directives', () => {
  test('every list of objects of our schema says how many items it has', () => {
    const sizes = new Set(prices.lists.keys());
    const sized = new Set([...prices.lists].filter(([, { sized: fields }]) => fields.includes('nodes')).map(([place]) => place));
    const unsized: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) {
        const place = `${type.name}.${field.name}`;
        const answered = getNamedType(field.type);
        if (/(Connection|Page)$/.test(answered.name) && !sized.has(place)) unsized.push(place);
        if (isListType(getNullableType(field.type)) && isCompositeType(answered) && field.name !== 'nodes' && !sizes.has(place)) unsized.push(place);
      }
    }
    expect(unsized).toEqual([]);
  });

  test('of types, of lists that ask for exactly one argument, and with the names of a supergraph that imports none', () => {
    const other = `
      directive @cost__listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
      directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT | SCALAR | ENUM
      scalar Big @cost(weight: 3)
      type Thing @cost(weight: 5) { big: Big cheap: Thing @cost(weight: 0) }
      type Query { things(max: Int, least: Int): [Thing] @cost__listSize(slicingArguments: ["max", "least"]) some: [Thing] }`;
    const own = buildSchema(other);
    const over = (query: string) => costed(query, own, pricesOf(other));
    expect(over('{ things(max: 4) { big } }').costOf({})).toBe(4 * (5 + 3));
    expect(over('{ some { cheap { big } } }').costOf({})).toBe(10 * (5 + 0 + 3));
    expect(over('{ things(max: 4) { big } }').refusal).toBeUndefined();
    expect(over('{ things { big } }').refusal?.message).toContain('Query.things wants exactly one of its arguments max, least');
    expect(over('{ things(max: 4, least: 4) { big } }').refusal).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
