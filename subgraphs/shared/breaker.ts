import { longPolls, type Peer, type PeerCall, PeerUnavailable, type Reply } from './peer.ts';

/** `open`: nothing is sent; `half_open`: one call at a time tries. */
export type BreakerState = 'closed' | 'half_open' | 'open';

export type BreakerOptions = Readonly<{
  /** Whom it stands before, for messages. */
  name: string;
  now: () => number;
  /** Failures in a row after which the peer is left alone. Default 10. */
  failures?: number;
  /** Milliseconds that it is left alone before one call tries again. Default 1,000. */
  pauseMs?: number;
  /** Told when it opens and when it closes. */
  onChange?: (state: 'closed' | 'open') => void;
}>;

/** A peer behind a breaker. */
export type GuardedPeer = Peer & Readonly<{ state(): BreakerState }>;

/** A call that had less time than this says nothing about the peer when it runs out of it, in ms. */
const fairMs = 250;

/**
 * A circuit breaker in front of another party (SPEC §3.1): after so many failures in a row calls fail at once, so that an outage costs no
 * request its wait; after a pause one call at a time tries, and the first that succeeds lets all through again. It only ever makes an answer
 * fail: what is not known is judged by the fallback, never wider. Long polls are left out.
 */
export const withBreaker = (peer: Peer, { name, now, failures = 10, pauseMs = 1_000, onChange = () => undefined }: BreakerOptions): GuardedPeer => {
  let failed = 0;
  let closedUntil = 0;
  let isTrying = false;

  const isOpen = (): boolean => failed >= failures;
  const answered = (): void => {
    const wasOpen = isOpen();
    failed = 0;
    if (wasOpen) onChange('closed');
  };
  const refused = (): void => {
    failed += 1;
    closedUntil = now() + pauseMs;
    if (failed === failures) onChange('open');
  };
  const guarded = async (call: PeerCall): Promise<Reply> => {
    const trying = isOpen();
    if (trying && (isTrying || now() < closedUntil)) {
      throw new PeerUnavailable(`${name} was not asked ${call.operation}: it has not answered for a while`, { why: 'left_alone' });
    }
    const since = now();
    isTrying ||= trying;
    try {
      const reply = await peer.call(call);
      answered();
      return reply;
    } catch (error) {
      const hadTime = call.deadline - since >= fairMs || now() < call.deadline;
      if (hadTime && error instanceof PeerUnavailable) refused();
      throw error;
    } finally {
      if (trying) isTrying = false;
    }
  };
  return {
    call: (call) => (longPolls.has(call.operation) ? peer.call(call) : guarded(call)),
    state: () => (!isOpen() ? 'closed' : isTrying || now() >= closedUntil ? 'half_open' : 'open'),
    close: () => peer.close(),
  };
};
