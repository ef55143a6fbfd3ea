import { readFileSync } from 'node:fs';
import { type DocumentNode, getOperationAST, GraphQLError, type GraphQLSchema, Kind, parse, specifiedRules, validate } from 'graphql';
import { z } from 'zod';
import { excerpt } from '../subgraphs/shared/text.ts';

/** The operations that alone are answered. */
export type Manifest = Readonly<{ byId: ReadonlyMap<string, string> }>;

/** Says what is too large about an operation that is valid; undefined: nothing. */
export type MeasureListed = (text: string, document: DocumentNode) => string | undefined;

const format = z.object({
  format: z.literal('apollo-persisted-query-manifest', 'must be "apollo-persisted-query-manifest"'),
  version: z.literal(1, 'must be 1'),
  operations: z.array(
    z.object({
      id: z.string('must be a text').min(1, 'must not be empty'),
      name: z.string('must be a text').min(1, 'must not be empty'),
      type: z.enum(['query', 'mutation', 'subscription'], 'must be query, mutation or subscription'),
      body: z.string('must be a text').min(1, 'must not be empty'),
    }),
    'must be a list',
  ),
});

type Listed = z.output<typeof format>['operations'][number];

/**
 * Reads a list of operations in Apollo's format of persisted queries. Each is parsed, validated against the schema and measured.
 * @throws one error that names the file, and every operation at fault with what is wrong about it.
 */
export const readManifest = (path: string, schema: GraphQLSchema, measure: MeasureListed): Manifest => {
  const fail = (faults: readonly string[]): never => {
    throw new Error(`OPERATIONS_MANIFEST ${path} has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  };
  const read = format.safeParse(contentOf(path, fail));
  if (!read.success) return fail(read.error.issues.map(({ path: place, message }) => `${place.length === 0 ? 'the whole' : place.join('.')} ${message}`));
  const { operations } = read.data;
  const byId = new Map<string, string>();
  const faults = operations.flatMap((operation, index) => {
    const title = `operations.${String(index)} (${excerpt(operation.name)}, id ${excerpt(operation.id)}):`;
    const twice = byId.has(operation.id) && byId.get(operation.id) !== operation.body ? ['its id is that of another operation before it'] : [];
    byId.set(operation.id, operation.body);
    return [...twice, ...faultsOf(operation, schema, measure)].map((fault) => `${title} ${fault}`);
  });
  return faults.length === 0 ? { byId } : fail(faults);
};

const contentOf = (path: string, fail: (faults: readonly string[]) => never): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    return fail([error instanceof SyntaxError ? `it is not JSON: ${error.message}` : `it cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
};

const faultsOf = ({ name, type, body }: Listed, schema: GraphQLSchema, measure: MeasureListed): readonly string[] => {
  const document = parsed(body);
  if (document instanceof GraphQLError) return [document.message];
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) return [`its body has ${String(operations.length)} operations and must have one`];
  const operation = getOperationAST(document, name);
  if (!operation) return [`its body has no operation of this name`];
  if (operation.operation !== type) return [`its body is a ${operation.operation}, not a ${type}`];
  const invalid = validate(schema, document, specifiedRules, { maxErrors: 10 }).map(({ message }) => message);
  if (invalid.length > 0) return invalid;
  const tooLarge = measure(body, document);
  return tooLarge === undefined ? [] : [tooLarge];
};

const parsed = (text: string): DocumentNode | GraphQLError => {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
};
