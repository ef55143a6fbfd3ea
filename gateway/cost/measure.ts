import {
  type ArgumentNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { rootFieldsOf } from '../rootFields.ts';
import type { ListSize, Prices } from './prices.ts';
import { type Asked, askedFields, below, type Condition, type Selected } from './selections.ts';

/** Variables of a request, coerced, so that their defaults are in. */
export type Variables = Readonly<Record<string, unknown>>;

/** A cost of which only what depends on variables is left to be reckoned. */
export type Cost = Readonly<{ fixed: number; open: readonly ((variables: Variables) => number)[] }>;

/** An operation, measured once. */
export type Measured = Readonly<{
  /** What each root field costs, by the name it is answered under. */
  roots: readonly Readonly<{ key: string; cost: Cost }>[];
  /** The field that stands inside itself most often along one path: `Team.parent`, and how often it stands there. */
  recursion: Readonly<{ place: string; times: number }>;
  /** Fields that want exactly one of their slicing arguments and do not have it. */
  unsliced: readonly Readonly<{ place: string; slicing: readonly string[] }>[];
}>;

/** Defaults of the cost specification: an object costs 1, a scalar nothing, a root field of a mutation 10. */
const weightOfObject = 1;
const weightOfMutation = 10;
/** Items of a list that says nothing of its size. */
const unknownSize = 10;
/** Introspection is answered from memory; the rules of validation bound how deep it goes. */
const weightOfIntrospection: Readonly<Record<string, number>> = { __schema: 100, __type: 10 };

/**
 * Measures an operation that is valid and within the limits of its text. A list costs what one item costs, times its size; where `first` or
 * `last` is a variable, the request's value counts, and so do the variables of `@skip` and `@include`. Nothing is executed or fetched.
 */
export const measure = (schema: GraphQLSchema, prices: Prices, document: DocumentNode, operation: OperationDefinitionNode): Measured => {
  const fragments = new Map<string, FragmentDefinitionNode>(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const path = new Map<string, number>();
  const unsliced: { place: string; slicing: readonly string[] }[] = [];
  let recursion = { place: '', times: 0 };

  const costOf = (asked: Asked, sizes: ReadonlyMap<string, Size>, isRoot: boolean): Cost => {
    const { place, definition, nodes } = asked;
    const times = (path.get(place) ?? 0) + 1;
    if (times > recursion.times) recursion = { place, times };
    const list = prices.lists.get(place);
    const given = list && slicedBy(list, nodes[0].arguments ?? [], definition.args);
    if (list?.requireOne === true && given !== undefined && given.count !== 1) unsliced.push({ place, slicing: list.slicing });
    const inner = new Map<string, Size>();
    if (list !== undefined && given !== undefined) for (const field of list.sized) inner.set(field, given.size);
    path.set(place, times);
    const parts = askedIn(below(asked)).map((field) => costOf(field, inner, false));
    path.set(place, times - 1);
    const type = getNamedType(definition.type);
    const usual = isRoot && isMutation ? weightOfMutation : isCompositeType(type) ? weightOfObject : 0;
    const one = sum([{ fixed: prices.weights.get(place) ?? (isRoot && isMutation ? usual : (prices.weights.get(type.name) ?? usual)), open: [] }, ...parts]);
    const own = isListType(getNullableType(definition.type)) ? (sizes.get(nodes[0].name.value) ?? (list?.sized.length === 0 ? given?.size : undefined) ?? unknownSize) : 1;
    return under(asked.conditions, multiplied(own, one));
  };
  const askedIn = (places: readonly Selected[]) => askedFields(schema, fragments, places);

  const rootType = schema.getRootType(operation.operation)?.name ?? '';
  const roots = askedIn([{ type: rootType, set: operation.selectionSet }]).map((asked) => ({ key: asked.key, cost: costOf(asked, new Map(), true) }));
  const introspection = rootFieldsOf(document, operation).flatMap(({ name, alias }) => {
    const weight = weightOfIntrospection[name.value];
    return weight === undefined ? [] : [{ key: alias?.value ?? name.value, cost: { fixed: weight, open: [] } }];
  });
  return { roots: [...roots, ...introspection], recursion, unsliced };
};

/** What a cost comes to with the variables of a request. */
export const reckon = ({ fixed, open }: Cost, variables: Variables): number => open.reduce((total, part) => total + part(variables), fixed);

type Size = number | ((variables: Variables) => number);

const slicedBy = (list: ListSize, given: readonly ArgumentNode[], declared: readonly Readonly<{ name: string; defaultValue?: unknown }>[]): Readonly<{ size: Size; count: number }> => {
  const values = list.slicing.flatMap((name): readonly (string | number)[] => {
    const value = given.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.INT) return [Number(value.value)];
    if (value?.kind === Kind.VARIABLE) return [value.name.value];
    const standard = value === undefined ? declared.find((argument) => argument.name === name)?.defaultValue : undefined;
    return typeof standard === 'number' ? [standard] : [];
  });
  const otherwise = list.assumed ?? unknownSize;
  const known = values.filter((value) => typeof value === 'number');
  if (known.length === values.length) return { size: known.length === 0 ? otherwise : atLeastNone(known), count: values.length };
  const size = (variables: Variables): number => {
    const all = values.map((value) => (typeof value === 'number' ? value : variables[value])).filter((value) => typeof value === 'number');
    return all.length === 0 ? otherwise : atLeastNone(all);
  };
  return { size, count: values.length };
};

const atLeastNone = (values: readonly number[]): number => Math.max(0, ...values);

const sum = (costs: readonly Cost[]): Cost => ({ fixed: costs.reduce((total, { fixed }) => total + fixed, 0), open: costs.flatMap(({ open }) => open) });

const multiplied = (size: Size, cost: Cost): Cost => {
  if (size === 1) return cost;
  if (typeof size === 'number' && cost.open.length === 0) return { fixed: size * cost.fixed, open: [] };
  return { fixed: 0, open: [(variables) => (typeof size === 'number' ? size : size(variables)) * reckon(cost, variables)] };
};

const under = (conditions: readonly Condition[], cost: Cost): Cost =>
  conditions.length === 0 || (cost.fixed === 0 && cost.open.length === 0)
    ? cost
    : { fixed: 0, open: [(variables) => (conditions.every(({ variable, is }) => variables[variable] === is) ? reckon(cost, variables) : 0)] };
