import { describe, expect, test } from '@jest/globals';
import { createOperations, type KeptOperations, type Operation, type Operations, warm } from '../../../gateway/operations.ts';
import { createPlanner } from '../../../gateway/plans/planner.ts';
import { createShield, shieldTable } from '../../../gateway/shield.ts';
import { supergraphSdl } from '../../../gateway/supergraph.ts';
import { unauthenticated } from '../../../subgraphs/shared/errors.ts';
import type { Viewer } from '../../../subgraphs/shared/viewer.ts';
import { testId } from '../../support/tokens.ts';

const planner = createPlanner(supergraphSdl());
const person: Viewer = { kind: 'person', userId: testId(1), companyId: testId(2), platform: 'web' };
let plans = 0;
const counted = { ...planner, plan: (...asked: Parameters<typeof planner.plan>) => ((plans += 1), planner.plan(...asked)) };

const operationsWith = (options: Readonly<{ most?: KeptOperations; introspection?: boolean; hideSuggestions?: boolean }> = {}): Operations => {
  const { introspection = true, hideSuggestions = false } = options;
  const shield = createShield(planner.schema, { table: shieldTable, introspection });
  return createOperations({ planner: counted, shield, introspection, hideSuggestions, ...options });
};

const readable = (operations: Operations, text: string, operationName?: string): Operation => {
  const read = operations.read({ text, operationName });
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join('\n'));
  return read;
};
const faultsOf = (operations: Operations, text: string, operationName?: string) => {
  const read = operations.read({ text, operationName });
  return 'faults' in read ? read.faults.map((fault) => fault.toJSON()) : [];
};
const padded = (name: string, length: number): string => `query ${name} { me { role } }`.padEnd(length, ' ');

describe('an operation is read once for each text and planned once for each of its operations', () => {
  test('the same text is the same operation once it was planned, and another text is another', () => {
    const operations = operationsWith();
    const first = readable(operations, '{ me { role } }');
    plans = 0;
    first.planned();
    const again = readable(operations, '{ me { role } }');
    again.planned();
    expect(again).toBe(first);
    expect(readable(operations, '{ me { role }  }')).not.toBe(first);
    expect(plans).toBe(1);
  });

  test('two operations of one text are two, by name; without a name, or with another, it is BAD_USER_INPUT', () => {
    const operations = operationsWith();
    const text = 'query A { me { role } } query B { me { __typename } }';
    const [a, b] = [readable(operations, text, 'A'), readable(operations, text, 'B')];
    for (const each of [a, b]) each.planned();
    expect([a.node.name?.value, b.node.name?.value]).toEqual(['A', 'B']);
    expect(operations.kept().texts).toBe(1);
    for (const name of [undefined, '', 'C', '__proto__']) expect(faultsOf(operations, text, name)).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'operationName' } }]);
  });

  test('judges everybody anew, whoever sent it first', () => {
    const operation = readable(operationsWith(), '{ me { role } }');
    expect(operation.judge(person)).toBeUndefined();
    expect(operation.judge(unauthenticated('no'))?.code).toBe('UNAUTHENTICATED');
    expect(operation.judge({ kind: 'service', id: 's', scopes: ['flags:write'], platform: 'web' })?.code).toBe('FORBIDDEN');
  });

  test('wrong variables are at most ten errors and the word that it stopped there, each BAD_USER_INPUT', () => {
    const operation = readable(operationsWith(), 'mutation M($items: [MigrateTeamItem]!) { migrateTeams(input: { app: CHAT, items: $items }) { job { id } } }');
    const { errors } = operation.coerce({ items: Array.from({ length: 10_000 }, () => 7) });
    expect(errors).toHaveLength(11);
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['BAD_USER_INPUT']));
  });
});

describe('what cannot be read is said with its place in the text, and not kept', () => {
  test('syntax, validation and size', () => {
    const operations = operationsWith();
    expect(faultsOf(operations, '{ me ')).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, locations: [{ line: 1, column: 6 }] }]);
    expect(faultsOf(operations, '{ mee { id } }')).toMatchObject([{ message: expect.stringContaining('Did you mean "me"'), extensions: { code: 'BAD_USER_INPUT' }, locations: [{ line: 1, column: 3 }] }]);
    expect(faultsOf(operations, `{ me { ${'role '.repeat(9_000)} } }`)).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', limit: { name: 'selections' } } }]);
    expect(operations.kept()).toEqual({ texts: 0, characters: 0 });
  });

  test('without names of the schema where they are hidden, in variables too', () => {
    const operations = operationsWith({ hideSuggestions: true });
    expect(faultsOf(operations, '{ mee { id } }')[0]?.message).toBe('Cannot query field "mee" on type "Query".');
    const operation = readable(operations, 'subscription S($app: App) { teamMigrated(app: $app) { eventId } }');
    expect(operation.coerce({ app: 'CHATT' }).errors?.map(({ message }) => message).join()).toMatch(/"CHATT" does not exist in "App" enum\.$/);
  });

  test('introspection while it is off', () => {
    const faults = faultsOf(operationsWith({ introspection: false }), '{ __schema { queryType { name } } }');
    expect(faults[0]).toMatchObject({ message: expect.stringContaining('introspection has been disabled'), extensions: { code: 'BAD_USER_INPUT' } });
  });

  test('what nobody was let through with is not kept', () => {
    const operations = operationsWith();
    readable(operations, '{ me { role } }').judge(unauthenticated('no'));
    expect(operations.kept().texts).toBe(0);
  });
});

describe('what is kept is bounded by number and by length', () => {
  const most = { texts: 10, characters: 1_000, longest: 400 };

  test('the text used longest ago makes room', () => {
    const operations = operationsWith({ most });
    const first = readable(operations, padded('A0', 40));
    first.planned();
    for (let n = 1; n <= 20; n += 1) {
      readable(operations, padded(`A${String(n)}`, 40)).planned();
      expect(readable(operations, padded('A0', 40))).toBe(first);
    }
    expect(operations.kept()).toEqual({ texts: 10, characters: 400 });
  });

  test('long texts stay below the same sum, and one that is too long is carried out and forgotten', () => {
    const operations = operationsWith({ most });
    for (let n = 0; n < 20; n += 1) readable(operations, padded(`B${String(n)}`, 300)).planned();
    expect(operations.kept()).toEqual({ texts: 3, characters: 900 });
    readable(operations, padded('C', 401)).planned();
    expect(operations.kept()).toEqual({ texts: 3, characters: 900 });
  });
});

describe('operations of another supergraph', () => {
  test('are warmed with those that were sent most often; what cannot be read any more is left out', async () => {
    const before = operationsWith();
    const send = (text: string, times: number, operationName?: string): void => {
      for (let n = 0; n < times; n += 1) readable(before, text, operationName).planned();
    };
    send('{ me { __typename } }', 2);
    send('query A { me { role } } query B { me { __typename } }', 5, 'B');
    send('{ __typename }', 1);
    expect(before.mostUsed(2)).toEqual([{ text: 'query A { me { role } } query B { me { __typename } }', operationName: 'B' }, { text: '{ me { __typename } }', operationName: undefined }]);
    const after = operationsWith();
    plans = 0;
    await warm(after, [...before.mostUsed(10), { text: '{ gone }' }]);
    expect(plans).toBe(3);
    expect(after.kept().texts).toBe(3);
    readable(after, '{ me { __typename } }').planned();
    expect(plans).toBe(3);
  });
});
