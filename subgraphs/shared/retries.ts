import { setTimeout as timer } from 'node:timers/promises';
import type { GuardedPeer } from './breaker.ts';
import { type Peer, PeerUnavailable, type WhyUnavailable } from './peer.ts';

/** What became of a second try: `answered`, `failed`, or `over_budget`: there was none, as too many were made. */
export type RetryOutcome = 'answered' | 'failed' | 'over_budget';

export type RetryOptions = Readonly<{
  now: () => number;
  /** At least 0, less than 1. */
  random: () => number;
  /** Second tries for each call, at most. Default 0.1, so that an outage adds a tenth to what a party has to refuse, not as much again. */
  share?: number;
  /** Second tries that may be made at once when there were none for a while. Default 10. */
  most?: number;
  onRetry?: (outcome: RetryOutcome) => void;
}>;

/** Longest pause before a second try, in ms; a random part of it is waited, so that many do not come back together. */
const longestPauseMs = 50;
/** Faults that pass: a process was restarted, or what stands in between had none to ask. */
const passing: ReadonlySet<WhyUnavailable> = new Set(['connection', 'busy']);

/**
 * Sends a call once more when its connection broke or the party was busy: only calls that change nothing, only within what is left of
 * their deadline, never while the breaker is open, and only as many as the budget has. Each try is signed anew.
 */
export const withRetries = (peer: GuardedPeer, { now, random, share = 0.1, most = 10, onRetry = () => undefined }: RetryOptions): Peer => {
  let budget = most;
  return {
    call: async (call) => {
      if (call.isRepeatable !== true) return peer.call(call);
      budget = Math.min(budget + share, most);
      try {
        return await peer.call(call);
      } catch (error) {
        const pauseMs = random() * longestPauseMs;
        const mayRepeat = error instanceof PeerUnavailable && passing.has(error.why) && peer.state() === 'closed' && now() + pauseMs < call.deadline;
        if (!mayRepeat) throw error;
        if (budget < 1) {
          onRetry('over_budget');
          throw error;
        }
        budget -= 1;
        await timer(pauseMs);
      }
      try {
        const reply = await peer.call(call);
        onRetry('answered');
        return reply;
      } catch (error) {
        onRetry('failed');
        throw error;
      }
    },
    close: () => peer.close(),
  };
};
