import { describe, expect, test } from '@jest/globals';
import { type GraphQLSchema, parse, type OperationDefinitionNode } from 'graphql';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { followSupergraph } from '../../../gateway/followingPlans.ts';
import { createOpenSubscriptions } from '../../../gateway/openSubscriptions.ts';
import type { Operation, Operations } from '../../../gateway/operations.ts';
import { silentStream } from '../../../gateway/silentStream.ts';
import { until } from '../../support/until.ts';

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
          return { deliver: () => Promise.resolve({ data: { made } }), asksSubgraphs: () => true };
        },
      },
      () => served,
    );
    const operation = first.read({ text: '' }) as Operation;
    const { deliver } = planner.plan({ operation, variables: { app: 'CHAT' }, schema: first.schema });
    const event = async () => (await deliver({}, {} as never)).data?.['made'];
    expect([await event(), await event()]).toEqual(['first {"app":"CHAT"}', 'first {"app":"CHAT"}']);
    served = second;
    expect([await event(), await event()]).toEqual(['second {"app":"CHAT","by":"second"}', 'second {"app":"CHAT","by":"second"}']);
    expect(plans).toHaveLength(2);
    served = generation('third', false);
    await expect(event()).rejects.toThrow('third does not know it');
  });

  test('holds no supergraph that is served no more, whether or not anything has happened since', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const schemas: WeakRef<GraphQLSchema>[] = [];
    const made = (): Operations => {
      const operations = { ...generation('any'), schema: { name: String(schemas.length) } as unknown as GraphQLSchema };
      schemas.push(new WeakRef(operations.schema));
      return operations;
    };
    let served = made();
    const planner = followSupergraph({ plan: ({ schema }) => ({ deliver: () => Promise.resolve({ data: { schema } }), asksSubgraphs: () => true }) }, () => served);
    const open = createOpenSubscriptions(() => served);
    // a function of its own, so that nothing of what is asked is left on the stack
    const openedNow = () => {
      const asked = { operation: served.read({ text: '' }) as Operation, variables: {}, schema: served.schema };
      const stream = silentStream({ id: '1', outlet: {} as never, run: () => new Promise(() => undefined), payloadOf: String, ended: () => undefined });
      const tracked = open.track({ readBy: new WeakRef(asked.schema), document, operationName: 'S' }, stream);
      void tracked.next();
      return { planned: planner.plan(asked), tracked };
    };
    const [quiet, busy] = [openedNow(), openedNow()];
    for (let n = 0; n < 3; n += 1) {
      served = made();
      await busy.planned.deliver({}, {} as never);
      open.judge();
    }
    await until(() => {
      collect();
      return schemas.every((schema) => schema.deref() === undefined || schema.deref() === served.schema);
    });
    expect(quiet.planned.asksSubgraphs()).toBe(true);
    expect([quiet, busy].map(({ tracked }) => tracked)).toHaveLength(2);
  });

  test('is planned anew at its first event when the switch came while it was opened', async () => {
    const [first, second] = [generation('first'), generation('second')];
    const planner = followSupergraph({ plan: ({ schema }) => ({ deliver: () => Promise.resolve({ data: { schema: (schema as unknown as { name: string }).name } }), asksSubgraphs: () => false }) }, () => second);
    const { deliver } = planner.plan({ operation: first.read({ text: '' }) as Operation, variables: {}, schema: first.schema });
    expect(await deliver({}, {} as never)).toEqual({ data: { schema: 'second' } });
  });
});
