import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  specifiedRules,
  validate,
} from 'graphql';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput, isRefused, type Refusal } from '../subgraphs/shared/errors.ts';
import { createRecentlyUsed } from '../subgraphs/shared/recentlyUsed.ts';
import { spanOfSync } from '../subgraphs/shared/tracing.ts';
import { type Costed, type CostLimit, createCostLimit } from './cost/limit.ts';
import { noPrices } from './cost/prices.ts';
import { abortedRefusal, type OperationLimits, operationLimits, parseWithin, sizeRefusal } from './limits.ts';
import { type Coerced, coerceVariables } from './plans/coerceVariables.ts';
import type { PlannedOperation, Planner } from './plans/planner.ts';
import type { Judge, Shield } from './shield.ts';

/** An operation of a text that keeps the limits and is valid: everything about it that is the same for everybody who sends it. */
export type Operation = Readonly<{
  document: DocumentNode;
  node: OperationDefinitionNode;
  /** Signed in, kind of token, scope; undefined: it may go on. */
  judge: Judge;
  /** What it costs. */
  costed: Costed;
  /** The variables as the operation declares them; at most 10 errors, BAD_USER_INPUT. */
  coerce(given: Readonly<Record<string, unknown>>): Coerced;
  isPlanned(): boolean;
  /** Its plan, made when it is asked for first; from then on the operation is kept. @throws when it cannot be planned. */
  planned(): PlannedOperation;
}>;

/** What is wrong with a text, as clients may read it; each with a code. */
export type Unreadable = Readonly<{ faults: readonly GraphQLError[] }>;

/** An operation as a client names it. */
export type AskedOperation = Readonly<{ text: string; operationName?: string | undefined }>;

/** The operations of one loaded supergraph. A new supergraph gets new ones: nothing that was read by the old schema outlives it. */
export type Operations = Readonly<{
  /** What clients may ask. */
  schema: GraphQLSchema;
  read(asked: AskedOperation): Operation | Unreadable;
  /** Those that are kept, the most often sent first: to be planned over the next supergraph before it takes over. */
  mostUsed(count: number): readonly AskedOperation[];
  /** Whether a text was planned and is kept. */
  keeps(text: string): boolean;
  /** Texts that are kept, and their characters. */
  kept(): Readonly<{ texts: number; characters: number }>;
}>;

export type OperationsOptions = Readonly<{
  planner: Planner;
  shield: Shield;
  /** Whether `__schema` and `__type` may be asked for. */
  introspection: boolean;
  /** Leaves names of the schema that were not asked for out of errors ("Did you mean"). */
  hideSuggestions: boolean;
  limits?: OperationLimits;
  /** Measures what an operation costs; default: by the defaults of the cost specification. */
  costs?: CostLimit;
  most?: KeptOperations;
}>;

/** How much is kept: documents, plans and shapes take up to some 200 bytes for each character of their text. */
export type KeptOperations = Readonly<{ texts: number; characters: number; longest: number }>;
export const keptOperations: KeptOperations = { texts: 1_000, characters: 500_000, longest: 20_000 };

/** A text with those of its operations that were asked for, by name, and how often each was. */
type Text = Readonly<{ text: string; document: DocumentNode; operations: Map<string, { operation: Operation; used: number }> }>;

/**
 * Reads operations: parsed, measured, validated once for each text, planned once for each operation of it. Only what was let through for
 * somebody, so that it came to a plan, is kept: texts of people who may not ask push nobody's out.
 */
export const createOperations = (options: OperationsOptions): Operations => {
  const { planner, shield, hideSuggestions, costs = createCostLimit(planner.schema, noPrices), most = keptOperations } = options;
  const known = createRecentlyUsed<Text>(most.texts, { most: most.characters, of: (text) => text.length });

  const operationOf = (text: Text, node: OperationDefinitionNode, key: string): Operation | Refusal => {
    const { document } = text;
    const costed = costs(document, node);
    if (costed.refusal !== undefined) return costed.refusal;
    let planned: PlannedOperation | undefined;
    const plan = (): PlannedOperation => {
      const made = spanOfSync('plan', {}, () => planner.plan(document, key === '' ? undefined : key));
      if (text.text.length <= most.longest) known.set(text.text, text);
      return made;
    };
    return {
      document,
      node,
      judge: shield(document, node),
      costed,
      coerce: (given) => coerceVariables(planner.schema, node, given, { hideSuggestions }),
      isPlanned: () => planned !== undefined,
      planned: () => (planned ??= plan()),
    };
  };

  return {
    schema: planner.schema,
    read: ({ text: source, operationName }) => {
      const text = known.get(source) ?? spanOfSync('read', {}, () => readText(options, source));
      if ('faults' in text) return text;
      const key = operationName ?? '';
      const there = text.operations.get(key);
      if (there !== undefined) {
        there.used += 1;
        return there.operation;
      }
      const node = getOperationAST(text.document, operationName);
      if (!node) return { faults: [toGraphQLError(badInput('operationName', 'The request does not say which of its operations to run.'))] };
      const operation = operationOf(text, node, key);
      if (isRefused(operation)) return { faults: [toGraphQLError(operation)] };
      text.operations.set(key, { operation, used: 1 });
      return operation;
    },
    mostUsed: (count) =>
      [...known.values()]
        .flatMap(({ text, operations }) => [...operations].map(([key, { used }]) => ({ text, operationName: key === '' ? undefined : key, used })))
        .sort((one, other) => other.used - one.used)
        .slice(0, count)
        .map(({ text, operationName }) => ({ text, operationName })),
    keeps: (text) => known.get(text) !== undefined,
    kept: () => ({ texts: known.size(), characters: known.weight() }),
  };
};

const readText = ({ planner: { schema }, introspection, hideSuggestions, limits = operationLimits }: OperationsOptions, source: string): Text | Unreadable => {
  // what is kept needs no places in the text; they are looked for when there is an error to show
  const document = parseWithin(source, limits, { noLocation: true });
  if (isRefused(document)) return { faults: [toGraphQLError(document)] };
  if (document instanceof GraphQLError) return { faults: [asBadInput(document)] };
  const tooMuch = sizeRefusal(document, limits);
  if (tooMuch !== undefined) return { faults: [toGraphQLError(tooMuch)] };
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const found = validate(schema, document, rules, { maxErrors: 1 });
  const aborted = abortedRefusal(found);
  if (aborted !== undefined) return { faults: [toGraphQLError(aborted)] };
  if (found.length === 0) return { text: source, document, operations: new Map() };
  const placed = parseWithin(source, limits);
  const faults = validate(schema, 'kind' in placed ? placed : document, rules, { maxErrors, hideSuggestions });
  // with more errors looked for it may come to that too
  const abortedThen = abortedRefusal(faults);
  return { faults: abortedThen === undefined ? faults.map(asBadInput) : [toGraphQLError(abortedThen)] };
};

const maxErrors = 10;

const asBadInput = (fault: GraphQLError): GraphQLError => {
  fault.extensions['code'] = 'BAD_USER_INPUT';
  return fault;
};

/** Plans operations that are known to be used, one after another, so that the first who sends each does not wait. Those that cannot be read any more are left out. */
export const warm = async (operations: Operations, used: readonly AskedOperation[]): Promise<void> => {
  for (const asked of used) {
    const operation = operations.read(asked);
    if (!('faults' in operation)) operation.planned();
    await new Promise((resolve) => setImmediate(resolve));
  }
};
