import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type PlanNode, QueryPlanner } from '@apollo/query-planner';
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import { executePlan, type SendFetch } from './executePlan.ts';
import { servicesOf } from './servicesOf.ts';
import { compileShape, type Shape } from './shape.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The answer of an operation; `data` is null where nothing could be had. */
export type Executed = Readonly<{ data: Readonly<Record<string, unknown>> | null; errors?: readonly GraphQLError[] }>;

/** An operation that was validated, planned once; carried out as often as it is sent. */
export type PlannedOperation = Readonly<{
  /** The subgraphs that it may ask. */
  services: ReadonlySet<string>;
  /** Carries it out with variables as `coerceVariables` answers them. What went wrong is in the result's errors. */
  execute(variables: Variables, send: SendFetch): Promise<Executed>;
}>;

/** Plans operations over one supergraph. */
export type Planner = Readonly<{
  /** What clients may ask. */
  schema: GraphQLSchema;
  /** @throws GraphQLError when the operation cannot be planned. */
  plan(document: DocumentNode, operationName: string | null | undefined): PlannedOperation;
}>;

/** Most shapes kept of one operation: one for each combination of what its `@skip` and `@include` variables are. */
const mostShapes = 16;

export const createPlanner = (supergraphSdl: string): Planner => {
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
  const apiSchema = supergraph.apiSchema();
  const schema = apiSchema.toGraphQLJSSchema();
  const wholeSchema = supergraph.schema.toGraphQLJSSchema();
  const queryPlanner = new QueryPlanner(supergraph);
  return {
    schema,
    plan: (document, operationName) => {
      const name = operationName ?? undefined;
      const operation = getOperationAST(document, name);
      if (!operation) throw new GraphQLError('The request does not say which of its operations to run.');
      const { node } = queryPlanner.buildQueryPlan(operationFromDocument(apiSchema, document, { ...(name !== undefined && { operationName: name }), validate: false }));
      const steps = node?.kind === 'Subscription' ? afterEvent(node) : node;
      const fragments = new Map(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
      const shapeFor = shapes(schema, operation, fragments);
      return {
        services: servicesOf(steps),
        execute: async (variables, send) => {
          const fetched = await executePlan(steps, { schema: wholeSchema, variables, send });
          const { data, errors: faults } = shapeFor(variables)(fetched.data, (field) => introspect(schema, field, operation, fragments, variables));
          // what a subgraph left null against its own schema comes without a word of its own
          const errors = fetched.errors.length > 0 ? fetched.errors : faults;
          return errors.length === 0 ? { data } : { data, errors };
        },
      };
    },
  };
};

/** The two halves of a planned subscription, as the steps that answer one event. */
const afterEvent = ({ primary, rest }: Readonly<{ primary: PlanNode; rest?: PlanNode }>): PlanNode => ({
  kind: 'Sequence',
  nodes: rest === undefined ? [primary] : [primary, rest],
});

const shapes = (schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): ((variables: Variables) => Shape) => {
  const conditions = conditionVariables(operation, fragments);
  const known = new Map<string, Shape>();
  return (variables) => {
    const isTrue = (name: string): boolean => variables[name] === true;
    const key = conditions.map((name) => (isTrue(name) ? '1' : '0')).join('');
    const shape = known.get(key) ?? compileShape({ schema, operation, fragments, isTrue });
    if (known.size >= mostShapes && !known.has(key)) known.clear();
    known.set(key, shape);
    return shape;
  };
};

const conditionVariables = (operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): readonly string[] => {
  const names = new Set<string>();
  const Directive = { enter: ({ name, arguments: given }: { name: { value: string }; arguments?: readonly { value: { kind: string; name?: { value: string } } }[] }) => {
    if (name.value !== 'skip' && name.value !== 'include') return;
    for (const { value } of given ?? []) if (value.kind === 'Variable' && value.name !== undefined) names.add(value.name.value);
  } };
  for (const node of [operation, ...fragments.values()]) visit(node, { Directive: Directive as never });
  return [...names];
};

/** `__schema` and `__type` are answered here, from what clients may see. */
const introspect = (
  schema: GraphQLSchema,
  field: FieldNode,
  { variableDefinitions = [] }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variableValues: Variables,
): unknown => {
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  };
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] };
  const { data } = executeSync({ schema, document, variableValues });
  return data?.[field.alias?.value ?? field.name.value] ?? null;
};
