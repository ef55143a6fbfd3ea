import { describe, expect, test } from '@jest/globals';
import { createSlots } from '../../../gateway/slots.ts';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const setUp = () => {
  const slots = createSlots({ each: 2, all: 3 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (whose: string, name: string, signal?: AbortSignal) =>
    slots.run(whose, () => new Promise<string>((resolve) => {
      begun.push(name);
      ends.set(name, () => resolve(name));
    }), signal);
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await soon();
  };
  return { slots, begun, run, end };
};

describe('works at once', () => {
  test('are so many for each and for all; others wait in their order, and nobody for one who has taken their own', async () => {
    const { slots, begun, run, end } = setUp();
    const all = [run('a', 'a1'), run('a', 'a2'), run('a', 'a3'), run('b', 'b1'), run('b', 'b2'), run('c', 'c1')];
    expect([begun, slots.waiting()]).toEqual([['a1', 'a2', 'b1'], 3]);
    await end('b1');
    expect(begun.slice(3)).toEqual(['b2']);
    await end('a1');
    expect(begun.slice(4)).toEqual(['a3']);
    for (const name of ['a2', 'a3', 'b2']) await end(name);
    await end('c1');
    expect([await Promise.all(all), slots.waiting()]).toEqual([['a1', 'a2', 'a3', 'b1', 'b2', 'c1'], 0]);
  });

  test('that fail make room too, and one that is left while it waits is never begun', async () => {
    const { slots, begun, run, end } = setUp();
    const leaving = new AbortController();
    const failing = slots.run('a', () => Promise.reject(new Error('broken')));
    const kept = [run('a', 'a1'), run('a', 'a2', leaving.signal), run('a', 'a3')];
    leaving.abort();
    await expect(failing).rejects.toThrow('broken');
    await soon();
    expect(begun).toEqual(['a1', 'a3']);
    for (const name of ['a1', 'a3']) await end(name);
    expect(await Promise.all(kept)).toEqual(['a1', 'over', 'a3']);
    expect(await run('a', 'a4', leaving.signal)).toBe('over');
  });
});
