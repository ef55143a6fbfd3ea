import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ExecutionResult, parse, validate } from 'graphql';
import { fleet } from '../support/federation/fleet.ts';
import { mediaGraph } from '../support/federation/media.ts';
import { type GeneratedOperation, operationsOf } from '../support/federation/operations.ts';
import { shop } from '../support/federation/shop.ts';
import { startSupergraph, type TestSubgraph, type TestSupergraph } from '../support/federation/supergraph.ts';

/** Operations of each supergraph; the nightly mode sets more. */
const runs = Number(process.env['DIFFERENTIAL_RUNS'] ?? 800);

type Seen = { compared: number; withErrors: number; withNulls: number };

describe.each([
  ['a shop (keys of several fields, @requires, @provides, @override, unions, interfaces)', shop],
  ['a fleet (@requires of fields with arguments and one after another, keys that differ from subgraph to subgraph or do not resolve, enums and lists as arguments)', fleet],
  ['media (@interfaceObject, interfaces with keys, lists of lists)', mediaGraph],
])('our gateway and stock @apollo/gateway answer alike: %s', (_name, subgraphs: readonly TestSubgraph[]) => {
  let graph: TestSupergraph;
  const seen: Seen = { compared: 0, withErrors: 0, withNulls: 0 };
  beforeAll(async () => {
    graph = await startSupergraph(subgraphs);
  });
  afterAll(() => graph.stop());

  test(`${String(runs)} generated operations: same data in the same order, same error paths, never more fetches`, async () => {
    await fc.assert(fc.asyncProperty(operationsOf(graph.schema), (operation) => compare(graph, seen, operation)), { numRuns: runs, endOnFailure: true });
  }, 120_000 + runs * 150);

  test('and what was compared has data, nulls and errors in it', () => {
    expect(seen.compared).toBeGreaterThanOrEqual(runs * 0.9);
    expect(seen.withErrors).toBeGreaterThan(runs / 50);
    expect(seen.withNulls).toBeGreaterThan(runs / 20);
  });
});

const compare = async (graph: TestSupergraph, seen: Seen, { text, variables }: GeneratedOperation): Promise<void> => {
  const document = parse(text);
  // What a server would refuse anyway, such as selections that cannot be merged, is not of interest here.
  if (validate(graph.schema, document).length > 0) return;
  const [before, ours] = [graph.fetches(), await graph.ours(document, variables)];
  const [between, stock] = [graph.fetches(), await graph.stock(document, variables)];
  seen.compared += 1;
  if (errorsOf(stock).length > 0) seen.withErrors += 1;
  if (JSON.stringify(stock.data).includes('null')) seen.withNulls += 1;
  expect({ text, variables, ...view(ours) }).toEqual({ text, variables, ...view(stock) });
  for (const { path } of errorsOf(ours)) expect({ text, path, isThere: leadsSomewhere(ours.data, path ?? []) }).toEqual({ text, path, isThere: true });
  expect(between - before).toBeLessThanOrEqual(graph.fetches() - between);
};

type Reported = Readonly<{ path?: readonly (string | number)[] | undefined }>;

const errorsOf = ({ errors, extensions }: ExecutionResult): readonly Reported[] => (extensions?.['valueCompletion'] ?? errors ?? []) as readonly Reported[];

/**
 * Known differences, all in the places in lists of errors, which is why they are compared without: stock counts an error's entity
 * among those of the list that it asked for, not among all of them; puts an error about all entities at `list.@._entities`, where
 * we put it at each of them; and reports an entity that stands at several places once for each time that it asked for it, as we do
 * though we ask once. That our places are right is checked by following
 * them, as far as the answer has the field: one that only another subgraph needed (`@requires`) is not in it.
 */
const view = (result: ExecutionResult) => ({
  data: JSON.stringify(result.data ?? null),
  errors: [...new Set(errorsOf(result).map(({ path = [] }) => path.filter((step) => typeof step === 'string' && step !== '@' && step !== '_entities').join('.')))].sort(),
});

/** Whether a path can be followed to its end, to a null on the way, or to a field that the answer leaves out. */
const leadsSomewhere = (data: unknown, path: readonly (string | number)[]): boolean => {
  const [step, ...rest] = path;
  if (data === null || step === undefined) return true;
  if (Array.isArray(data)) return typeof step === 'number' && step < data.length && leadsSomewhere(data[step], rest);
  if (typeof data !== 'object' || typeof step !== 'string') return false;
  return !Object.hasOwn(data, step) || leadsSomewhere((data as Readonly<Record<string, unknown>>)[step], rest);
};
