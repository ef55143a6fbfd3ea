import type { FetchNode, PlanNode, ResponsePath } from '@apollo/query-planner';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isAbstractType } from 'graphql';
import { type Data, isData, merge, own } from './merge.ts';
import { representationOf } from './representation.ts';
import { rewrite } from './rewrites.ts';
import { createSharing, type ShareFetch, withoutName } from './sharing.ts';

/** One fetch of a plan, its body made. */
export type Fetch = Readonly<{
  service: string;
  query: string;
  kind: FetchNode['operationKind'];
  /** `{"query", "variables", "operationName"}` as JSON. */
  body: string;
  /** Entities that are asked for; null for a root fetch. */
  entities: number | null;
}>;

export type FetchAnswer = Readonly<{ data?: Record<string, unknown> | null; errors?: readonly GraphQLFormattedError[] }>;

/** Asks a subgraph. What it could not answer is in the answer's errors; @throws only for faults of ours. */
export type SendFetch = (fetch: Fetch) => Promise<FetchAnswer>;

export type PlanRun = Readonly<{
  /** With everything that subgraphs know, also what clients do not see. */
  schema: GraphQLSchema;
  variables: Readonly<Record<string, unknown>>;
  send: SendFetch;
}>;

type State = PlanRun & Readonly<{ result: Data; errors: GraphQLError[]; share: ShareFetch }>;
type Place = Readonly<{ path: ResponsePath; objects: readonly Data[] }>;

/** Carries a plan out and answers all that its fetches brought, merged; what went wrong on the way beside it. */
export const executePlan = async (node: PlanNode | undefined, run: PlanRun): Promise<Readonly<{ data: Data; errors: readonly GraphQLError[] }>> => {
  const state: State = { ...run, result: {}, errors: [], share: createSharing() };
  if (node !== undefined) await execute(state, node, { path: [], objects: [state.result] });
  return { data: state.result, errors: state.errors };
};

const execute = async (state: State, node: PlanNode, at: Place): Promise<void> => {
  switch (node.kind) {
    case 'Sequence':
      for (const next of node.nodes) await execute(state, next, at);
      return;
    case 'Parallel':
      await Promise.all(node.nodes.map((each) => execute(state, each, at)));
      return;
    case 'Flatten': {
      const objects: Data[] = [];
      for (const object of at.objects) gather(object, node.path, 0, objects);
      if (objects.length > 0) await execute(state, node.node, { path: [...at.path, ...node.path], objects });
      return;
    }
    case 'Fetch':
      await fetchInto(state, node, at);
      return;
    case 'Condition': {
      const branch = state.variables[node.condition] === true ? node.ifClause : node.elseClause;
      if (branch !== undefined) await execute(state, branch, at);
      return;
    }
    case 'Defer':
      throw new Error('@defer is not answered');
    default:
      node satisfies never;
  }
};

/** Every object at a path; `@` is each item of a list. */
const gather = (value: unknown, path: ResponsePath, step: number, found: Data[]): void => {
  if (Array.isArray(value)) {
    const next = path[step] === '@' ? step + 1 : step;
    for (const item of value) gather(item, path, next, found);
    return;
  }
  if (!isData(value)) return;
  const name = path[step];
  if (name === undefined) found.push(value);
  else if (typeof name === 'string') gather(own(value, name), path, step + 1, found);
};

const fetchInto = async (state: State, node: FetchNode, at: Place): Promise<void> => {
  const variables = usedVariables(node, state.variables);
  if (node.requires === undefined) {
    const answer = await send(state, node, JSON.stringify(variables), null);
    addErrors(state, node, answer, (path) => (path === undefined ? undefined : [...at.path, ...path]), null);
    if (!isData(answer.data)) return;
    rewrite(state.schema, node.outputRewrites, answer.data);
    for (const object of at.objects) merge(object, answer.data);
    return;
  }
  const asked = representations(state, node, at.objects);
  if (asked.texts.length === 0) return;
  const rest = JSON.stringify(variables).slice(1, -1);
  const json = `{${rest}${rest === '' ? '' : ','}"representations":[${asked.texts.join(',')}]}`;
  const answer = await send(state, node, json, asked.texts.length);
  const placesOf = once(() => placesByText(state, at, asked));
  addErrors(state, node, answer, undefined, placesOf);
  const entities = answer.data?.['_entities'];
  if (answer.data === undefined || answer.data === null) return;
  if (!Array.isArray(entities) || entities.length !== asked.texts.length) {
    state.errors.push(faultOf(node, `did not answer the ${String(asked.texts.length)} entities that it was asked for`));
    return;
  }
  for (const entity of entities) rewrite(state.schema, node.outputRewrites, entity);
  for (const [index, object] of at.objects.entries()) {
    const place = asked.places[index];
    const entity: unknown = place === undefined || place === null ? undefined : entities[place];
    if (isData(entity)) mergeEntity(state.schema, object, entity);
  }
};

/** A subgraph that knows an entity by its interface only (`@interfaceObject`) answers that name, which is no reason to forget the entity's own. */
const mergeEntity = (schema: GraphQLSchema, object: Data, entity: Data): void => {
  const named = object['__typename'];
  merge(object, entity);
  const given = entity['__typename'];
  if (given !== named && typeof given === 'string' && typeof named === 'string' && isAbstractType(schema.getType(given))) object['__typename'] = named;
};

type Asked = Readonly<{
  /** Each distinct representation, as JSON. */
  texts: readonly string[];
  /** For each object the representation that stands for it; null: none can be made. */
  places: readonly (number | null)[];
}>;

/** What is asked for some objects: equal ones once. */
const representations = ({ schema }: State, node: FetchNode, objects: readonly Data[]): Asked => {
  const known = new Map<string, number>();
  const places = objects.map((object) => {
    const representation = representationOf(schema, object, node.requires ?? []);
    if (representation === null || typeof representation['__typename'] !== 'string') return null;
    rewrite(schema, node.inputRewrites, representation);
    const text = JSON.stringify(representation);
    const place = known.get(text) ?? known.size;
    known.set(text, place);
    return place;
  });
  return { texts: [...known.keys()], places };
};

const usedVariables = ({ variableUsages }: FetchNode, variables: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const used: Record<string, unknown> = {};
  for (const name of variableUsages ?? []) if (variables[name] !== undefined) used[name] = variables[name];
  return used;
};

const send = async (state: State, node: FetchNode, variables: string, entities: number | null): Promise<FetchAnswer> => {
  const { serviceName: service, operation: query, operationKind: kind } = node;
  const { before, after, asked } = textOf(node);
  const body = before + variables + after;
  const ask = (): Promise<FetchAnswer> => state.send({ service, query, kind, body, entities });
  try {
    // what is rewritten is changed in place, and so is its own
    return await (kind === 'query' && node.outputRewrites === undefined ? state.share({ service, asked, variables }, ask) : ask());
  } catch (error) {
    state.errors.push(faultOf(node, 'could not be asked', error));
    return {};
  }
};

// What of a body is the same for every request of a plan.
type Texts = Readonly<{ before: string; after: string; asked: string }>;
const texts = new WeakMap<FetchNode, Texts>();
const textOf = (node: FetchNode): Texts => {
  const known = texts.get(node);
  if (known !== undefined) return known;
  const { operation, operationName } = node;
  const after = operationName === undefined ? '}' : `,"operationName":${JSON.stringify(operationName)}}`;
  const made = { before: `{"query":${JSON.stringify(operation)},"variables":`, after, asked: withoutName(operation) };
  texts.set(node, made);
  return made;
};

const faultOf = ({ serviceName }: FetchNode, what: string, originalError?: unknown): GraphQLError =>
  new GraphQLError(`${serviceName} ${what}.`, { extensions: { serviceName }, ...(originalError instanceof Error && { originalError }) });

type PathOf = (path: GraphQLFormattedError['path']) => readonly (string | number)[] | undefined;

const addErrors = (state: State, node: FetchNode, answer: FetchAnswer, pathOf: PathOf | undefined, placesOf: (() => readonly ResponsePath[][]) | null): void => {
  for (const error of answer.errors ?? []) {
    const [, index, ...below] = error.path ?? [];
    // an error without an entity's place is about all that were asked for
    const paths = placesOf === null ? [pathOf?.(error.path)] : (typeof index === 'number' ? (placesOf()[index] ?? []) : placesOf().flat()).map((path) => [...path, ...below]);
    for (const path of paths) {
      const extensions = { ...error.extensions, serviceName: node.serviceName };
      state.errors.push(new GraphQLError(error.message, { extensions, ...(path !== undefined && { path }) }));
    }
  }
};

/** The paths of the objects that each representation stands for. */
const placesByText = ({ result }: State, at: Place, { texts, places }: Asked): readonly ResponsePath[][] => {
  const paths: ResponsePath[] = [];
  findPaths(result, at.path, 0, [], paths);
  const byText: ResponsePath[][] = texts.map(() => []);
  for (const [index, place] of places.entries()) {
    const path = paths[index];
    if (place !== null && path !== undefined) byText[place]?.push(path);
  }
  return byText;
};

/** The same walk as `gather`, with the path of each object. */
const findPaths = (value: unknown, path: ResponsePath, step: number, here: ResponsePath, found: ResponsePath[]): void => {
  if (Array.isArray(value)) {
    const next = path[step] === '@' ? step + 1 : step;
    for (const [index, item] of value.entries()) findPaths(item, path, next, [...here, index], found);
    return;
  }
  if (!isData(value)) return;
  const name = path[step];
  if (name === undefined) found.push(here);
  else if (typeof name === 'string') findPaths(own(value, name), path, step + 1, [...here, name], found);
};

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};
