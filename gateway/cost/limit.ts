import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { badInput, Refusal } from '../../subgraphs/shared/errors.ts';
import { type Measured, measure, reckon, type Variables } from './measure.ts';
import type { Prices } from './prices.ts';

/** What an operation may cost, and how often a field may stand inside itself. */
export type CostLimits = Readonly<{ cost: number; recursion: number }>;

/**
 * Room for 100 contacts with 100 notes each; the costliest operation of our own (50 contacts with 20 notes each, in a test) costs 3,151, of the
 * demo, the command and the bench 1,001 (a whole tree of teams). Levels of teams are asked for by `ancestors`, `descendants` and `companyTree`.
 */
export const costLimits: CostLimits = { cost: 25_000, recursion: 6 };

/** An operation, measured once; only the sizes that its variables give are put in for each request. */
export type Costed = Readonly<{
  /** What is wrong with it whatever the variables are; undefined: nothing. */
  refusal: Refusal | undefined;
  /** What it costs with the variables of a request, coerced. */
  costOf(variables: Variables): number;
  /** BAD_USER_INPUT with `limit: {name: "cost", max, value}` when it costs more than it may. */
  judge(cost: number, variables: Variables): Refusal | undefined;
}>;

/** Measures operations that are valid. */
export type CostLimit = (document: DocumentNode, operation: OperationDefinitionNode) => Costed;

/** Measures over one supergraph. */
export const createCostLimit =
  (schema: GraphQLSchema, prices: Prices, limits: CostLimits = costLimits): CostLimit =>
  (document, operation) => {
    const measured = measure(schema, prices, document, operation);
    const whole = { fixed: measured.roots.reduce((total, { cost }) => total + cost.fixed, 0), open: measured.roots.flatMap(({ cost }) => cost.open) };
    return {
      refusal: shapeRefusal(measured, limits),
      costOf: (variables) => reckon(whole, variables),
      judge: (cost, variables) => (cost > limits.cost ? tooCostly(measured, cost, limits.cost, variables) : undefined),
    };
  };

const shapeRefusal = ({ recursion, unsliced }: Measured, limits: CostLimits): Refusal | undefined => {
  if (recursion.times > limits.recursion) {
    const message = `The operation has ${recursion.place} inside itself: ${String(recursion.times)} times on one path, at most ${String(limits.recursion)}.`;
    return new Refusal('BAD_USER_INPUT', message, { field: 'query', limit: { name: 'recursion', max: limits.recursion, value: recursion.times } });
  }
  const [first] = unsliced;
  return first && badInput('query', `${first.place} wants exactly one of its arguments ${first.slicing.join(', ')}.`);
};

const tooCostly = ({ roots }: Measured, value: number, max: number, variables: Variables): Refusal => {
  const [most] = roots.map(({ key, cost }) => ({ key, cost: reckon(cost, variables) })).sort((one, other) => other.cost - one.cost);
  const message = `The operation costs ${String(value)} and may cost ${String(max)}; ${most?.key ?? 'it'} alone is ${String(most?.cost ?? value)}. Ask for fewer items or in several requests.`;
  return new Refusal('BAD_USER_INPUT', message, { field: 'query', limit: { name: 'cost', max, value } });
};
