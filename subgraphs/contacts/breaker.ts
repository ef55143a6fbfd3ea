import { type Peer, type PeerCall, PeerUnavailable } from '../shared/peer.ts';

export type BreakerOptions = Readonly<{
  now: () => number;
  /** Failures in a row after which the peer is left alone. Default 10. */
  failures?: number;
  /** Milliseconds that it is left alone before one call tries again. Default 1,000. */
  pauseMs?: number;
}>;

/** A call that had less time than this says nothing about the peer when it runs out of it, in ms. */
const fairMs = 250;

/**
 * A circuit breaker in front of teams (SPEC §3.1): after so many failures in a row calls fail at once, so that an outage costs no request
 * its wait; after a pause one call at a time tries, and the first that succeeds lets all through again. It only ever makes an answer
 * fail: what is not known is judged by the fallback, never wider. The feed waits long by its nature and is left out.
 */
export const withBreaker = (peer: Peer, { now, failures = 10, pauseMs = 1_000 }: BreakerOptions): Peer => {
  let failed = 0;
  let closedUntil = 0;
  let isTrying = false;

  const isOpen = (): boolean => failed >= failures;
  const guarded = async (call: PeerCall): Promise<Awaited<ReturnType<Peer['call']>>> => {
    const trying = isOpen();
    if (trying && (isTrying || now() < closedUntil)) throw new PeerUnavailable(`teams was not asked ${call.operation}: it has not answered for a while`);
    const since = now();
    isTrying ||= trying;
    try {
      const reply = await peer.call(call);
      failed = 0;
      return reply;
    } catch (error) {
      const hadTime = call.deadline - since >= fairMs || now() < call.deadline;
      if (hadTime && error instanceof PeerUnavailable) {
        failed += 1;
        closedUntil = now() + pauseMs;
      }
      throw error;
    } finally {
      if (trying) isTrying = false;
    }
  };
  return { call: (call) => (call.operation === 'feed' ? peer.call(call) : guarded(call)), close: () => peer.close() };
};
