import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type RequestIds, requestIds } from '../subgraphs/shared/requestIds.ts';
import { attributesOf, durationBuckets, isFault, worstOf } from '../subgraphs/shared/served.ts';
import type { HttpHandler, HttpReply, HttpRequest } from '../subgraphs/shared/server.ts';
import { beginning, currentSpan, type Tracer } from '../subgraphs/shared/tracing.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';

/** A request, with what becomes known of it on its way: said by who finds it out. */
export type Seen = {
  readonly correlationId: string;
  /** Null until somebody is signed in. */
  viewer: Viewer | null;
  /** What it asks for, once that is known to be valid: `noteOperation`. */
  kind: string;
  operation: string;
  wasPlanned: boolean;
  /** Of the errors that it is answered with. */
  readonly codes: string[];
};

export const newSeen = (correlationId: string, viewer: Viewer | null = null): Seen => ({ correlationId, viewer, kind: 'none', operation: 'none', wasPlanned: false, codes: [] });

/** Whom a request is for, as far as it is known by now. */
export const idsOf = ({ correlationId, viewer }: Seen): RequestIds => requestIds(correlationId, viewer);

/** Follows requests: who, what, how it ended; counts, times and traces them. */
export type Seeing = Readonly<{
  /** Around what answers `/graphql` over HTTP; other paths are not answered. */
  requests(handler: (request: HttpRequest, seen: Seen) => Promise<HttpReply>): HttpHandler;
  /** Around what opens a subscription. */
  subscribing<T>(viewer: Viewer | null, open: (seen: Seen) => Promise<T>): Promise<T>;
  /** Around what answers one event of a subscription; traced, and counted by nobody. */
  delivering<T>(viewer: Viewer, answer: (ids: RequestIds) => Promise<T>): Promise<T>;
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

/** Says what a request asks for, once it is known to be valid. */
export const noteOperation = (seen: Seen, kind: string, name: string | undefined): void => {
  seen.kind = kind;
  seen.operation = name === undefined ? 'anonymous' : name.slice(0, longestName);
  currentSpan()?.rename(name === undefined ? kind : `${kind} ${seen.operation}`);
};

export const createSeeing = ({ registry, tracer, newId, plansKept, correlationOf }: SeeingOptions): Seeing => {
  const requests = new Counter({
    name: 'one_team_operations_total',
    help: 'Operations that were answered over HTTP, and subscriptions that were asked for, by kind, name and worst error code (OK without one).',
    labelNames: ['kind', 'operation', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'one_team_operation_duration_seconds',
    help: 'How long answering them took; of a subscription, until it was open.',
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

  const counted = async <T>(seen: Seen, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    try {
      return await work();
    } catch (error) {
      seen.codes.push('INTERNAL');
      throw error;
    } finally {
      const code = worstOf(seen.codes);
      const labels = { kind: seen.kind, operation: named(seen.operation, seen.viewer !== null) };
      if (seen.kind !== 'none' && code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN') plans.inc({ result: seen.wasPlanned ? 'miss' : 'hit' });
      requests.inc({ ...labels, code });
      duration.observe(labels, (performance.now() - from) / 1_000);
      const span = currentSpan();
      if (span?.isKept === true) {
        span.set({ ...attributesOf(idsOf(seen)), 'graphql.operation.type': seen.kind, 'graphql.operation.name': seen.operation, code });
        if (isFault(code)) span.fail(code);
      }
    }
  };

  return {
    requests: (handler) => (request) => {
      if (request.path !== '/graphql') return Promise.resolve(undefined);
      const seen = newSeen(correlationOf(request) ?? newId());
      const answering = (): Promise<HttpReply> =>
        counted(seen, async () => {
          const reply = await handler(request, seen);
          if (reply.status >= 400 && seen.codes.length === 0) seen.codes.push(reply.status >= 500 ? 'INTERNAL' : 'BAD_USER_INPUT');
          return reply;
        });
      if (tracer === null) return answering();
      // a client's trace is linked, not continued: outsiders choose neither our trace ids nor what we keep
      const given = request.headers['traceparent'];
      const links = [typeof given === 'string' ? given : undefined];
      return beginning({ name: `${request.method} /graphql`, kind: 'server', attributes: {}, links, tracer }, answering);
    },
    subscribing: (viewer, open) => {
      const seen = newSeen(newId(), viewer);
      return beginning({ name: 'subscribe', kind: 'server', attributes: {}, tracer }, () => counted(seen, () => open(seen)));
    },
    delivering: (viewer, answer) => {
      const ids = requestIds(newId(), viewer);
      return beginning({ name: 'event', kind: 'consumer', attributes: attributesOf(ids), tracer }, () => answer(ids));
    },
  };
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
