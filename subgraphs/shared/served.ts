import { Counter, Histogram, type Registry } from 'prom-client';
import type { CallClaims, Party } from './calls.ts';
import { type ErrorCode, statusOf } from './errors.ts';
import type { Reply } from './peer.ts';
import { type RequestIds, requestIds } from './requestIds.ts';
import { beginning, currentSpan, type Tracer } from './tracing.ts';

/** Counts, times and traces what a party serves. */
export type Served = Readonly<{
  /** A call that was verified. */
  call(claims: CallClaims, traceparent: string | undefined, work: () => Promise<Reply>): Promise<Reply>;
  /** A call that was not let in. */
  refused(): void;
}>;

/** Bounds of how long things take, in seconds. */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const createServed = (party: Party, registry: Registry, tracer: Tracer | null): Served => {
  const calls = new Counter({
    name: 'one_team_served_calls_total',
    help: 'Calls between processes that were answered here, by operation and worst error code (OK without one).',
    labelNames: ['operation', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'one_team_served_call_duration_seconds',
    help: 'How long answering them took; feed and jobProgress wait for news.',
    labelNames: ['operation'],
    buckets: durationBuckets,
    registers: [registry],
  });
  const answered = async ({ operation }: CallClaims, work: () => Promise<Reply>): Promise<Reply> => {
    const end = duration.startTimer({ operation });
    let code: string = 'INTERNAL';
    try {
      const reply = await work();
      code = codeOf(reply);
      return reply;
    } finally {
      end();
      calls.inc({ operation, code });
      if (isFault(code)) currentSpan()?.fail(code);
    }
  };
  return {
    call: (claims, traceparent, work) => {
      // traces begin at the gateway and with jobs: what nobody traces, such as the questions for news, begins none here
      if (traceparent === undefined || tracer === null) return answered(claims, work);
      const { operation, caller, viewer, correlationId } = claims;
      const attributes = { 'rpc.system': 'one-team', 'rpc.service': party, 'rpc.method': operation, caller, ...attributesOf(requestIds(correlationId, viewer)) };
      return beginning({ name: `${party} ${operation}`, kind: 'server', attributes, parent: traceparent, tracer }, () => answered(claims, work));
    },
    refused: () => calls.inc({ operation: 'none', code: 'UNAUTHENTICATED' }),
  };
};

/** Whom a span is for, by ids. */
export const attributesOf = ({ correlationId, companyId, viewerId }: RequestIds): Record<string, string> => ({
  'correlation.id': correlationId,
  ...(companyId !== null && { 'company.id': companyId }),
  ...(viewerId !== null && { 'viewer.id': viewerId }),
});

/** Whether a code says that we could not, not that somebody may not. */
export const isFault = (code: string): boolean => code === 'INTERNAL' || code === 'DEPENDENCY_UNAVAILABLE';

/** The code that counts of an answer with several: a fault of ours, else what could not be had, else the first. */
export const worstOf = (codes: readonly string[]): ErrorCode | 'OK' => {
  const known = codes.map((code) => (isKnown(code) ? code : 'INTERNAL'));
  return known.find((code) => code === 'INTERNAL') ?? known.find((code) => code === 'DEPENDENCY_UNAVAILABLE') ?? known[0] ?? 'OK';
};

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(statusOf, code);

type Answer = Readonly<{ errors?: readonly Readonly<{ extensions?: Readonly<Record<string, unknown>> }>[] }>;

const codeOf = ({ status, body }: Reply): string => {
  // what handlers answer is JSON of our own
  const { errors = [] } = (body ?? {}) as Answer;
  if (errors.length > 0) return worstOf(errors.map(({ extensions }) => {
      const code = extensions?.['code'];
      return typeof code === 'string' ? code : 'INTERNAL';
    }));
  return status < 500 ? 'OK' : 'INTERNAL';
};
