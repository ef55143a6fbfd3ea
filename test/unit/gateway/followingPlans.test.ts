import { describe, expect, test } from '@jest/globals';
import { type GraphQLSchema, parse, type OperationDefinitionNode } from 'graphql';
import { followSupergraph } from '../../../gateway/followingPlans.ts';
import type { Operation, Operations } from '../../../gateway/operations.ts';

const document = parse('subscription S($app: App) { teamMigrated(app: $app) { eventId } }');
const node = document.definitions[0] as OperationDefinitionNode;

/** Operations of a generation, whose reading answers an operation of that generation, or none. */
const generation = (name: string, isValid = true): Operations => {
  const operation = { name, document, node, coerce: (given: object) => ({ coerced: { ...given, by: name } }) };
  const read = () => (isValid ? operation : { faults: [new Error(`${name} does not know it`)] });
  return { schema: { name } as unknown as GraphQLSchema, read } as unknown as Operations;
};

describe('a subscription that stays open', () => {
  test('is planned over what is served now, once, and its variables are coerced by it', async () => {
    const [first, second] = [generation('first'), generation('second')];
    let served = first;
    const plans: string[] = [];
    const planner = followSupergraph(
      {
        plan: ({ operation, variables }) => {
          const made = `${(operation as unknown as { name: string }).name} ${JSON.stringify(variables)}`;
          plans.push(made);
          return () => Promise.resolve({ data: { made } });
        },
      },
      () => served,
    );
    const operation = first.read({ text: '' }) as Operation;
    const deliver = planner.plan({ operation, variables: { app: 'CHAT' }, schema: first.schema });
    const event = async () => (await deliver({}, {} as never)).data?.['made'];
    expect([await event(), await event()]).toEqual(['first {"app":"CHAT"}', 'first {"app":"CHAT"}']);
    served = second;
    expect([await event(), await event()]).toEqual(['second {"app":"CHAT","by":"second"}', 'second {"app":"CHAT","by":"second"}']);
    expect(plans).toHaveLength(2);
    served = generation('third', false);
    await expect(event()).rejects.toThrow('third does not know it');
  });

  test('is planned anew at its first event when the switch came while it was opened', async () => {
    const [first, second] = [generation('first'), generation('second')];
    const planner = followSupergraph({ plan: ({ schema }) => () => Promise.resolve({ data: { schema: (schema as unknown as { name: string }).name } }) }, () => second);
    const deliver = planner.plan({ operation: first.read({ text: '' }) as Operation, variables: {}, schema: first.schema });
    expect(await deliver({}, {} as never)).toEqual({ data: { schema: 'second' } });
  });
});
