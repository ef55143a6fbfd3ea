import { expect, test } from '@jest/globals';
import { operationLimits } from '../../gateway/limits.ts';
import type { Given } from '../support/hostile/given.ts';
import { keepsEverything } from '../support/hostile/keepsEverything.ts';
import { askOverSocket } from '../support/hostile/socket.ts';

const times = (count: number, text: (n: number) => string): string => Array.from({ length: count }, (_, n) => text(n)).join(' ');
const parents = (levels: number): string => (levels === 1 ? '{ id }' : `{ parent ${parents(levels - 1)} }`);
const explosion = (levels: number): string =>
  `{ ...F0 } ${times(levels, (n) => `fragment F${String(n)} on Team { ...F${String(n + 1)} parent { ...F${String(n + 1)} } }`)} fragment F${String(levels)} on Team { id }`;
const circular = '{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } } } } } } }';

/** Refused by which limit, and a selection of a team that passes it. */
const tooLarge = [
  ['HOSTILE 1: depth 50', 'depth', parents(50)],
  ['HOSTILE 3: a nested-fragment explosion', 'selections', explosion(15)],
  ['HOSTILE 5: 1,000 aliases', 'aliases', `{ ${times(1_000, (n) => `a${String(n)}: name`)} }`],
  ['HOSTILE 7: 9,000 repeated fields', 'selections', `{ ${times(9_000, () => 'name')} }`],
  ['HOSTILE 8: 10,000 directives', 'tokens', `{ name ${times(10_000, () => '@include(if: true)')} }`],
  ['HOSTILE 8: 500 directives', 'directives', `{ name ${times(500, () => '@include(if: true)')} }`],
] as const;

const wrapped = (levels: number, open: string, inner: string, close: string): string => `${open.repeat(levels)} ${inner} ${close.repeat(levels)}`;

/** Would run out of stack in whatever reads it, one level of brackets for each. */
const nested = [
  ['3,000 fields', `{ ${wrapped(3_000, 'team(id: "x") { ', 'id', '}')} }`],
  ['1,900 inline fragments', `{ ${wrapped(1_900, '... on Query { ', 'me { role }', '}')} }`],
  ['4,900 lists in a value', `{ team(id: ${wrapped(4_900, '[', '', ']')}) { id } }`],
  ['2,400 objects in a value', `{ contacts(filter: ${wrapped(2_400, '{ a: ', '1', '}')}) { nodes { id } } }`],
  ['4,900 lists in a type', `query ($id: ${wrapped(4_900, '[', 'ID', ']')}) { team(id: $id) { id } }`],
  ['3,000 brackets that are never closed', `{ ${'team(id: "x") { '.repeat(3_000)}`],
] as const;

/** Refused by validation: no name of the schema, no text of ours, is repeated beyond what the message needs. */
const invalid = [
  ['HOSTILE 2: a fragment inside itself', '{ ...F } fragment F on Team { parent { ...F } }'],
  ['HOSTILE 2: two fragments inside each other', '{ ...F } fragment F on Team { parent { ...G } } fragment G on Team { parent { ...F } }'],
  ['HOSTILE 4: a fragment named __schema inside itself', '{ ...__schema } fragment __schema on Team { ...__schema }'],
  ['HOSTILE 8: one directive 50 times, where it may stand once', `{ name ${times(50, () => '@include(if: true)')} }`],
  ['HOSTILE 14: a field with a typing mistake', '{ nmae }'],
] as const;

/** Operations as texts: too large, invalid, or strange but good. */
export const operations = (given: Given): void => {
  keepsEverything(given);

  const both = async (selection: string) => {
    const { world, at } = given();
    // a selection that defines fragments has them behind its own closing brace
    const [own = '', ...fragments] = selection.split(/ (?=fragment F|fragment _)/);
    const rest = fragments.join(' ');
    const socket = await askOverSocket(world, 'chat', `subscription { teamMigrated { team ${own} } } ${rest}`);
    return [await world.ask('bayu', `query ($id: ID!) { team(id: $id) ${own} } ${rest}`, { id: at.own.team }), socket];
  };

  test.each(tooLarge)('%s is refused by the name of the limit, over HTTP and over WebSocket', async (_what, name, selection) => {
    for (const { errors } of await both(selection)) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'query', limit: { name, max: operationLimits[name] } } }]);
    }
  });

  test.each(nested)('HOSTILE 1: %s inside one another are refused by the name of the limit, over HTTP and over WebSocket', async (_what, query) => {
    const { world } = given();
    for (const { errors } of [await world.ask('bayu', query), await askOverSocket(world, 'chat', query)]) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'query', limit: { name: 'nesting', max: operationLimits.nesting } } }]);
    }
  });

  test('HOSTILE 1: brackets in texts and comments are inside of nothing', async () => {
    const query = `{ contactsByEmail(email: "${'({['.repeat(100)}@x.example") { nodes { id } } } # ${'{'.repeat(200)}`;
    expect((await given().world.ask('bayu', query)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'email' } }]);
  });

  test.each(invalid)('%s is BAD_USER_INPUT, over HTTP and over WebSocket', async (_what, selection) => {
    for (const { codes } of await both(selection)) expect(new Set(codes)).toEqual(new Set(['BAD_USER_INPUT']));
  });

  test('HOSTILE 4: a fragment named __schema that is none inside itself is a plain fragment', async () => {
    const { world, at } = given();
    const { data, codes } = await world.ask('bayu', 'query ($id: ID!) { team(id: $id) { ...__schema } } fragment __schema on Team { name }', { id: at.own.team });
    expect([data, codes]).toEqual([{ team: { name: 'Qontak Product' } }, []]);
  });

  test('HOSTILE 6: the same mutation aliased 100 times is refused whole, and so is any other with one too many', async () => {
    const { world, at } = given();
    const mutation = (count: number): string => `mutation ($id: ID!) { ${times(count, (n) => `m${String(n)}: addNote(input: { contactId: $id, text: "note" }) { noteId }`)} }`;
    for (const count of [100, 11]) {
      expect(await world.ask('bayu', mutation(count), { id: at.own.contact })).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', limit: { name: 'mutations', max: 10 } } }] });
    }
    const inFragment = `mutation ($id: ID!) { ...All } fragment All on Mutation { ${times(100, (n) => `m${String(n)}: addNote(input: { contactId: $id, text: "note" }) { noteId }`)} }`;
    expect(await world.ask('bayu', inFragment, { id: at.own.contact })).toMatchObject({ status: 400, errors: [{ extensions: { limit: { name: 'mutations', max: 10 } } }] });
  });

  test('HOSTILE 7: 500 repeated fields are one field', async () => {
    const { world } = given();
    expect((await world.ask('bayu', `{ me { ${times(500, () => 'role')} } }`)).data).toEqual({ me: { role: 'ADMIN' } });
  });

  test('HOSTILE 13: introspection in circles is answered or refused, never with a fault', async () => {
    const { codes } = await given().world.ask('bayu', circular);
    expect(new Set(codes)).toEqual(new Set(codes.length === 0 ? [] : ['BAD_USER_INPUT']));
  });
};
