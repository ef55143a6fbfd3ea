import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { excerpt } from '../subgraphs/shared/text.ts';
import type { Operations } from './operations.ts';

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

/** The operations that alone are answered. */
export type Manifest = Readonly<{ path: string; operations: readonly Listed[]; byId: ReadonlyMap<string, string> }>;

/** Reads a list of operations in Apollo's format of persisted queries. @throws one error that names the file and every place that is not of that format */
export const readManifest = (path: string): Manifest => {
  const read = format.safeParse(contentOf(path));
  if (!read.success) return fail(path, read.error.issues.map(({ path: place, message }) => `${place.length === 0 ? 'the whole' : place.join('.')} ${message}`));
  const { operations } = read.data;
  return { path, operations, byId: new Map(operations.map(({ id, body }) => [id, body])) };
};

/**
 * Each operation is parsed, validated and measured as if somebody sent it, with pages of the size that they have when a request says none.
 * @throws one error that names the file, and every operation at fault with what is wrong about it.
 */
export const checkManifest = ({ path, operations: all, byId }: Manifest, operations: Operations): void => {
  const faults = all.flatMap((listed, index) => {
    const title = `operations.${String(index)} (${excerpt(listed.name)}, id ${excerpt(listed.id)}):`;
    const twice = byId.get(listed.id) === listed.body ? [] : ['its id is that of another operation after it'];
    return [...twice, ...faultsOf(listed, operations)].map((fault) => `${title} ${fault}`);
  });
  if (faults.length > 0) fail(path, faults);
};

const fail = (path: string, faults: readonly string[]): never => {
  throw new Error(`OPERATIONS_MANIFEST ${path} has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
};

const contentOf = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    return fail(path, [error instanceof SyntaxError ? `it is not JSON: ${error.message}` : `it cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
};

const faultsOf = ({ name, type, body }: Listed, operations: Operations): readonly string[] => {
  const operation = operations.read({ text: body, operationName: name });
  if ('faults' in operation) return operation.faults.map(({ message, extensions }) => (extensions['field'] === 'operationName' ? 'its body has no operation of this name' : message));
  const { document, node, costed } = operation;
  if (document.definitions.filter(({ kind }) => kind === node.kind).length > 1) return ['its body has more than one operation'];
  if (node.operation !== type) return [`its body is a ${node.operation}, not a ${type}`];
  const tooCostly = costed.judge(costed.costOf({}), {});
  return tooCostly === undefined ? [] : [tooCostly.message];
};
