import { describe, expect, test } from '@jest/globals';
import { buildSchema, GraphQLError } from 'graphql';
import { createExecutor } from '../../../subgraphs/shared/executor.ts';

const schema = buildSchema('enum App { CHAT CRM } type Query { echo(text: String!): String, of(app: App!): App, refused: Int, broken: Int }');
const seen: unknown[] = [];
const fields = schema.getQueryType()?.getFields() ?? {};
const resolve: Readonly<Record<string, (source: unknown, args: Readonly<Record<string, unknown>>, context: unknown) => unknown>> = {
  echo: (_, { text }, context) => (seen.push(context), text),
  of: (_, { app }) => app,
  refused: () => {
    throw new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } });
  },
  broken: () => {
    throw new Error('a secret');
  },
};
for (const [name, field] of Object.entries(fields)) {
  const resolver = resolve[name];
  if (resolver !== undefined) field.resolve = resolver;
}
const execute = createExecutor<string>(schema);

describe('a request to a subgraph', () => {
  test('is executed in the context of its call, with the named operation of its text', async () => {
    const query = 'query A($text: String!) { a: echo(text: $text) } query B($text: String!) { b: echo(text: $text) }';
    expect((await execute({ query, operationName: 'B', variables: { text: 'x' } }, 'first')).data).toEqual({ b: 'x' });
    expect((await execute({ query, operationName: 'A', variables: { text: 'y' } }, 'second')).data).toEqual({ a: 'y' });
    expect(seen).toEqual(['first', 'second']);
  });

  test('with variables that do not fit, or without its operation, is BAD_USER_INPUT and has no data', async () => {
    const query = 'query A($app: App!) { of(app: $app) } query B { refused }';
    for (const asked of [{ operationName: 'A', variables: { app: 'MAIL' } }, { operationName: 'A' }, { operationName: 'A', variables: null }, { operationName: 'C' }, {}]) {
      const result = await execute({ query, ...asked }, '');
      expect(result).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      expect(result).not.toHaveProperty('data');
    }
  });

  test('that is no valid operation is a fault of the gateway: it has no code of ours', async () => {
    for (const query of ['{ echo(', '{ nothing }', '{ __schema { queryType { name } } }', '']) {
      const { data, errors } = await execute({ query }, '');
      expect(data).toBeUndefined();
      expect(errors?.[0]?.extensions['code']).toBeUndefined();
    }
  });

  test('keeps the codes of refusals, and faults as they were thrown', async () => {
    const { data, errors } = await execute({ query: '{ refused broken }' }, '');
    expect(data).toEqual({ refused: null, broken: null });
    expect(errors?.map(({ path, extensions, originalError }) => ({ path, code: extensions['code'], cause: originalError?.message }))).toEqual([
      { path: ['refused'], code: 'FORBIDDEN', cause: 'no' },
      { path: ['broken'], code: undefined, cause: 'a secret' },
    ]);
  });
});
