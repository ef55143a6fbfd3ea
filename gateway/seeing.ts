import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { isRefused } from '../subgraphs/shared/errors.ts';
import { attributesOf, durationBuckets, isFault, worstOf } from '../subgraphs/shared/served.ts';
import type { HttpHandler, HttpRequest } from '../subgraphs/shared/server.ts';
import { beginning, currentRequest, currentSpan, type RequestIds, spanOfSync, type Tracer } from '../subgraphs/shared/tracing.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { Authenticator } from './auth.ts';
import type { Planner } from './plans/planner.ts';

/** A request, with what becomes known of it on its way. */
type Noted = RequestIds & { kind: string; operation: string; wasPlanned: boolean; readonly codes: string[] };

/** Follows requests: who, what, how it ended; counts, times and traces them. */
export type Seeing = Readonly<{
  /** Around what answers `/graphql`. */
  requests(handler: HttpHandler): HttpHandler;
  /** Around what says who somebody is. */
  signingIn(authenticate: Authenticator): Authenticator;
  /** Around what plans operations whose plan is not kept. */
  planning(planner: Planner): Planner;
}>;

export type SeeingOptions = Readonly<{
  registry: Registry;
  tracer: Tracer | null;
  newId: () => string;
  /** How many plans are kept. */
  plansKept: () => number;
  /** The `x-correlation-id` of a request, when it has a good one. */
  correlationOf: (request: HttpRequest) => string | undefined;
}>;

/** Names of operations that are counted apart; clients choose them, so that there must be an end. */
export const mostOperationNames = 100;
const longestName = 64;

// one object for each request, made below: a map from request to note would cost more than all the counting
const current = (): Noted | null => {
  const request = currentRequest();
  return request !== null && isNoted(request) ? request : null;
};
const isNoted = (request: RequestIds): request is Noted => 'codes' in request;

/** Says what the request that is being answered asks for. Called once it is known to be valid. */
export const noteOperation = (kind: string, name: string | undefined): void => {
  const note = current();
  if (note === null) return;
  note.kind = kind;
  note.operation = name === undefined ? 'anonymous' : name.slice(0, longestName);
  currentSpan()?.rename(name === undefined ? kind : `${kind} ${note.operation}`);
};

/** Says that the request that is being answered has an error with a code. */
export const noteError = (code: string): void => {
  current()?.codes.push(code);
};

export const createSeeing = ({ registry, tracer, newId, plansKept, correlationOf }: SeeingOptions): Seeing => {
  const requests = new Counter({
    name: 'one_team_operations_total',
    help: 'Operations that were answered over HTTP, by kind, name and worst error code (OK without one).',
    labelNames: ['kind', 'operation', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'one_team_operation_duration_seconds',
    help: 'How long answering them took.',
    labelNames: ['kind', 'operation'],
    buckets: durationBuckets,
    registers: [registry],
  });
  const plans = new Counter({
    name: 'one_team_plan_lookups_total',
    help: 'Operations that had a plan (hit), or had to be planned (miss).',
    labelNames: ['result'],
    registers: [registry],
  });
  new Gauge({
    name: 'one_team_plans_kept',
    help: 'Texts of operations that are kept with their plans.',
    registers: [registry],
    collect() {
      this.set(plansKept());
    },
  });
  for (const result of ['hit', 'miss']) plans.inc({ result }, 0);
  const named = createNames(mostOperationNames);

  const answered = async (handler: HttpHandler, request: HttpRequest, note: Noted): ReturnType<HttpHandler> => {
    const from = performance.now();
    try {
      const reply = await handler(request);
      if (reply !== undefined && reply.status >= 400 && note.codes.length === 0) note.codes.push(reply.status >= 500 ? 'INTERNAL' : 'BAD_USER_INPUT');
      return reply;
    } catch (error) {
      note.codes.push('INTERNAL');
      throw error;
    } finally {
      const code = worstOf(note.codes);
      const labels = { kind: note.kind, operation: named(note.operation, note.viewerId !== null) };
      if (note.kind !== 'none' && code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN') plans.inc({ result: note.wasPlanned ? 'miss' : 'hit' });
      requests.inc({ ...labels, code });
      duration.observe(labels, (performance.now() - from) / 1_000);
      const span = currentSpan();
      if (span?.isKept === true) {
        span.set({ ...attributesOf(note), 'graphql.operation.type': note.kind, 'graphql.operation.name': note.operation, code });
        if (isFault(code)) span.fail(code);
      }
    }
  };

  return {
    requests: (handler) => (request) => {
      if (request.path !== '/graphql') return handler(request);
      const note: Noted = { correlationId: correlationOf(request) ?? newId(), companyId: null, viewerId: null, kind: 'none', operation: 'none', wasPlanned: false, codes: [] };
      // a client's trace is linked, not continued: outsiders choose neither our trace ids nor what we keep
      const given = request.headers['traceparent'];
      const links = [typeof given === 'string' ? given : undefined];
      const headers = { ...request.headers, 'x-correlation-id': note.correlationId };
      return beginning({ name: `${request.method} /graphql`, kind: 'server', attributes: {}, links, ids: note, tracer }, () => answered(handler, { ...request, headers }, note));
    },
    signingIn: (authenticate) => async (...given) => {
      const signedIn = await authenticate(...given);
      if (!isRefused(signedIn)) identify(signedIn.viewer);
      return signedIn;
    },
    planning: (planner) => ({
      ...planner,
      plan: (...given) => {
        const note = current();
        if (note !== null) note.wasPlanned = true;
        return spanOfSync('plan', {}, () => planner.plan(...given));
      },
    }),
  };
};

const identify = (viewer: Viewer): void => {
  const ids = currentRequest();
  if (ids === null) return;
  ids.companyId = viewer.kind === 'person' ? viewer.companyId : null;
  ids.viewerId = viewer.kind === 'person' ? viewer.userId : viewer.id;
};

/** The first so many names as they are, `other` for the rest; only people and services that are signed in bring new ones. */
const createNames = (most: number): ((name: string, mayBeNew: boolean) => string) => {
  const names = new Set(['none', 'anonymous']);
  return (name, mayBeNew) => {
    if (names.has(name)) return name;
    if (!mayBeNew || names.size >= most + 2) return 'other';
    names.add(name);
    return name;
  };
};
