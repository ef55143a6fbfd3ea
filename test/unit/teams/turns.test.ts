import { describe, expect, test } from '@jest/globals';
import { isOutage } from '../../../subgraphs/teams/store/outage.ts';
import { createTurns } from '../../../subgraphs/teams/store/turns.ts';

/** A work that ends when it is told to. */
const held = () => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, work: () => ended };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('works of one company', () => {
  test('run so many at once, the others in the order in which they came; another company waits for none of them', async () => {
    const inTurn = createTurns({ atOnce: 2, waitMs: 60_000 });
    const begun: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...held() }));
    const all = works.map(({ name, work }) => inTurn('one', () => (begun.push(name), work())));
    await inTurn('another', () => Promise.resolve(begun.push('other')));
    expect(begun).toEqual(['a', 'b', 'other']);
    works[1]?.end();
    await settled();
    expect(begun).toEqual(['a', 'b', 'other', 'c']);
    for (const { end } of works) end();
    await Promise.all(all);
    expect(begun.at(-1)).toBe('d');
  });

  test('that fail give their turn on', async () => {
    const inTurn = createTurns({ atOnce: 1, waitMs: 60_000 });
    await expect(inTurn('one', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inTurn('one', () => Promise.resolve(1))).toBe(1);
  });

  test('that wait too long are an outage, and leave the line', async () => {
    const inTurn = createTurns({ atOnce: 1, waitMs: 1 });
    const first = held();
    const running = inTurn('one', first.work);
    const late = await inTurn('one', () => Promise.resolve('never')).catch((error: unknown) => error);
    expect(isOutage(late)).toBe(true);
    first.end();
    await running;
    expect(await inTurn('one', () => Promise.resolve('next'))).toBe('next');
  });
});
