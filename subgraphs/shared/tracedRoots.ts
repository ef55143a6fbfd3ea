import { currentSpan, span } from './tracing.ts';

type Resolve = (...given: readonly unknown[]) => unknown;

/** Resolvers in which each command and query, which is each root field, is a span of its own while the request is traced. */
export const tracedRoots = (resolvers: object): object =>
  Object.fromEntries(Object.entries(resolvers).map(([type, fields]: [string, unknown]) => [type, isRoot(type) && isObject(fields) ? tracedFields(type, fields) : fields]));

const tracedFields = (type: string, fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).map(([field, resolve]) => [field, typeof resolve === 'function' ? traced(`${type}.${field}`, resolve as Resolve) : resolve]));

const traced =
  (name: string, resolve: Resolve): Resolve =>
  (...given) =>
    currentSpan()?.isKept === true ? span(name, {}, () => new Promise((done) => done(resolve(...given)))) : resolve(...given);

const isRoot = (type: string): boolean => type === 'Query' || type === 'Mutation';
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
