import { describe, expect, test } from '@jest/globals';
import { withBreaker } from '../../../subgraphs/shared/breaker.ts';
import { type Peer, PeerUnavailable, type Reply } from '../../../subgraphs/shared/peer.ts';

/** A peer as one function, behind a breaker of three failures and a pause of 1,000 ms, with a clock that is moved by hand. */
const setUp = () => {
  const clock = { at: 1_000_000 };
  const peer = { calls: 0, answer: (): Promise<Reply> => Promise.resolve({ status: 200, body: {} }) };
  const behind: Peer = {
    call: () => {
      peer.calls += 1;
      return peer.answer();
    },
    close: () => Promise.resolve(),
  };
  const guarded = withBreaker(behind, { name: 'teams', now: () => clock.at, failures: 3, pauseMs: 1_000 });
  const call = (operation: 'access' | 'feed' = 'access', ms = 500) =>
    guarded.call({ operation, body: {}, viewer: null, deadline: clock.at + ms, correlationId: 'x' }).then(() => 'answered', (error: unknown) => (error instanceof PeerUnavailable ? 'unavailable' : 'fault'));
  return { clock, peer, call };
};
const down = (): Promise<never> => Promise.reject(new PeerUnavailable('down'));

describe('the breaker towards teams', () => {
  test('asks nobody after failures in a row, then lets one call try, and all again when that one is answered', async () => {
    const { clock, peer, call } = setUp();
    peer.answer = down;
    for (let n = 0; n < 10; n += 1) expect(await call()).toBe('unavailable');
    expect(peer.calls).toBe(3);
    clock.at += 1_000;
    let arrive: (reply: Reply) => void = () => undefined;
    peer.answer = () => new Promise((resolve) => (arrive = resolve));
    const trial = call();
    expect([await call(), await call(), peer.calls]).toEqual(['unavailable', 'unavailable', 4]);
    arrive({ status: 200, body: {} });
    expect(await trial).toBe('answered');
    peer.answer = () => Promise.resolve({ status: 200, body: {} });
    expect(await Promise.all([call(), call()])).toEqual(['answered', 'answered']);
  });

  test('a try that fails is followed by another pause, not by more failures', async () => {
    const { clock, peer, call } = setUp();
    peer.answer = down;
    for (let n = 0; n < 3; n += 1) await call();
    for (let round = 0; round < 3; round += 1) {
      clock.at += 1_000;
      expect([await call(), await call()]).toEqual(['unavailable', 'unavailable']);
      expect(peer.calls).toBe(4 + round);
    }
  });

  test('every second call failing does not open it', async () => {
    const { peer, call } = setUp();
    const seen: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      peer.answer = n % 2 === 0 ? down : () => Promise.resolve({ status: 200, body: {} });
      seen.push(await call());
    }
    expect(seen.filter((each) => each === 'answered')).toHaveLength(20);
    expect(peer.calls).toBe(40);
  });

  test('a call without time and a fault of ours say nothing about teams; the feed is never held back', async () => {
    const { clock, peer, call } = setUp();
    peer.answer = () => {
      clock.at += 100;
      return down();
    };
    for (let n = 0; n < 10; n += 1) await call('access', 100);
    peer.answer = () => Promise.reject(new Error('a fault'));
    for (let n = 0; n < 10; n += 1) expect(await call()).toBe('fault');
    expect(peer.calls).toBe(20);
    peer.answer = down;
    for (let n = 0; n < 10; n += 1) await call();
    expect(peer.calls).toBe(23);
    for (let n = 0; n < 10; n += 1) await call('feed');
    expect(peer.calls).toBe(33);
  });
});
