import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type BreakerState, type GuardedPeer, withBreaker } from './breaker.ts';
import type { Party } from './calls.ts';
import type { Logger } from './logger.ts';
import { type Peer, PeerUnavailable } from './peer.ts';
import { withRetries } from './retries.ts';

export type TowardsOptions = Readonly<{
  name: Party;
  now: () => number;
  /** At least 0, less than 1. Left out: nothing is sent twice. */
  random?: () => number;
  registry: Registry;
  logger: Logger;
}>;

/** A party with everything between it and its callers; `state` is the breaker's. */
export type Towards = Peer & Readonly<{ name: Party; state(): BreakerState }>;

const stateValue = { closed: 0, half_open: 1, open: 2 } as const satisfies Record<BreakerState, number>;

/**
 * Calls to another party as a process makes them: second tries for what changes nothing, a breaker, and metrics
 * (docs/operations.md): `one_team_call_seconds`, `one_team_call_retries_total`, `one_team_breaker_state`.
 */
export const towards = (peer: Peer, { name, now, random, registry, logger }: TowardsOptions): Towards => {
  const metrics = callMetrics(registry);
  const onChange = (state: 'closed' | 'open'): void => {
    if (state === 'open') logger.warn({ party: name }, 'the party does not answer and is left alone');
    else logger.info({ party: name }, 'the party answers again');
  };
  const guarded = withBreaker(peer, { name, now, onChange });
  metrics.breakers.set(name, guarded.state);
  const measured: GuardedPeer = { ...guarded, call: (call) => measure(metrics, name, guarded, call) };
  if (random === undefined) return { ...measured, name };
  const retried = withRetries(measured, { now, random, onRetry: (outcome) => metrics.retries.inc({ party: name, outcome }) });
  return { ...retried, name, state: guarded.state };
};

type CallMetrics = Readonly<{
  calls: Histogram<'party' | 'operation' | 'outcome'>;
  retries: Counter<'party' | 'outcome'>;
  /** The breaker of each party. */
  breakers: Map<string, () => BreakerState>;
}>;

// one set for each registry, as a registry refuses the same name twice and a process calls several parties
const known = new WeakMap<Registry, CallMetrics>();

const callMetrics = (registry: Registry): CallMetrics => {
  const there = known.get(registry);
  if (there !== undefined) return there;
  const breakers: CallMetrics['breakers'] = new Map();
  const made: CallMetrics = {
    calls: new Histogram({
      name: 'one_team_call_seconds',
      help: 'Calls to another party, each try, by what became of it.',
      labelNames: ['party', 'operation', 'outcome'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25],
      registers: [registry],
    }),
    retries: new Counter({
      name: 'one_team_call_retries_total',
      help: 'Second tries of calls that change nothing; over_budget: there was none, as too many had been made.',
      labelNames: ['party', 'outcome'],
      registers: [registry],
    }),
    breakers,
  };
  new Gauge({
    name: 'one_team_breaker_state',
    help: 'The breaker before a party: 0 closed, 1 half open, 2 open.',
    labelNames: ['party'],
    registers: [registry],
    collect() {
      for (const [party, state] of breakers) this.set({ party }, stateValue[state()]);
    },
  });
  known.set(registry, made);
  return made;
};

const measure: (metrics: CallMetrics, party: string, peer: Peer, call: Parameters<Peer['call']>[0]) => ReturnType<Peer['call']> = async ({ calls }, party, peer, call) => {
  const end = calls.startTimer({ party, operation: call.operation });
  try {
    const reply = await peer.call(call);
    end({ outcome: reply.status === 200 ? 'answered' : 'refused' });
    return reply;
  } catch (error) {
    end({ outcome: error instanceof PeerUnavailable ? error.why : 'faulty' });
    throw error;
  }
};
