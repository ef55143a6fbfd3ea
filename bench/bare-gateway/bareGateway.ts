import { randomUUID } from 'node:crypto';
import { createAdmission } from '../../gateway/admission.ts';
import { createCostLimit } from '../../gateway/cost/limit.ts';
import { noPrices } from '../../gateway/cost/prices.ts';
import { correlationOf } from '../../gateway/correlation.ts';
import { graphqlHandler } from '../../gateway/http.ts';
import { newSeen } from '../../gateway/seeing.ts';
import { createOperations } from '../../gateway/operations.ts';
import { createOperationStore, findPersisted } from '../../gateway/persisted.ts';
import { createPlanner, type Planner } from '../../gateway/plans/planner.ts';
import type { DataSources } from '../../gateway/supergraph.ts';
import type { Logger } from '../../subgraphs/shared/logger.ts';
import type { HttpHandler } from '../../subgraphs/shared/server.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';

export type BareGatewayOptions = Readonly<{
  /** Any composed supergraph, Federation 2. */
  sdl: string;
  /** Who answers each subgraph's fetches, by the name that it has in the supergraph. */
  sources: DataSources;
  logger: Logger;
  /** Longest time of a request, in milliseconds. Default 10,000. */
  deadlineMs?: number;
}>;

/** `/graphql` over HTTP of a supergraph that is not ours, by the code that serves ours: reading, limits, planning, execution, answers. */
export type BareGateway = Readonly<{ planner: Planner; handler: HttpHandler }>;

const everybody: Viewer = { kind: 'service', id: 'everybody', scopes: [], platform: 'web' };

/** Everybody may ask everything, because nobody signs in: for measuring and comparing only. */
export const createBareGateway = ({ sdl, sources, logger, deadlineMs = 10_000 }: BareGatewayOptions): BareGateway => {
  const planner = createPlanner(sdl);
  // a supergraph that says nothing of costs is not judged by guesses
  const costs = createCostLimit(planner.schema, noPrices, { cost: Infinity, recursion: Infinity, page: Infinity });
  const operations = createOperations({ planner, shield: () => () => undefined, introspection: true, hideSuggestions: false, costs });
  const admission = createAdmission(() => Promise.resolve(undefined), findPersisted(createOperationStore()), operations.keeps);
  const authenticate = () => Promise.resolve({ viewer: everybody, expiresAt: Infinity });
  const answer = graphqlHandler({ operations: () => operations, sources, authenticate, admission, logger, now: Date.now, deadlineMs, introspection: true });
  return { planner, handler: (request) => (request.path === '/graphql' ? answer(request, newSeen(correlationOf(request) ?? randomUUID())) : Promise.resolve(undefined)) };
};
