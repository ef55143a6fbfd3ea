import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { Registry } from 'prom-client';
import type { AskedOperation, Operations } from '../../../gateway/operations.ts';
import { serveSupergraph } from '../../../gateway/servedSupergraph.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';

/** The name that a fake goes by. */
const nameOf = ({ schema }: Pick<Operations, 'schema'>): string => schema as unknown as string;

/** Operations that say what was planned over them, and when. */
const fake = (name: string, log: string[], used: readonly AskedOperation[] = [], faulty: readonly string[] = []): Operations =>
  ({
    schema: name,
    read: ({ text }: AskedOperation) =>
      faulty.includes(text) ? { faults: [new Error('not valid')] } : { document: parse('{ a }'), planned: () => log.push(`${name} plans ${text}`) },
    mostUsed: (count: number) => used.slice(0, count),
    kept: () => ({ texts: 0, characters: 0 }),
  }) as unknown as Operations;

const used = ['often', 'sometimes', 'gone', 'rarely'].map((text) => ({ text }));

const setUp = (onSwitch?: () => void) => {
  const log: string[] = [];
  const served = serveSupergraph('one', {
    load: (sdl) => {
      if (sdl.startsWith('bad')) throw new Error(`${sdl} is bad`);
      return fake(sdl, log, used, sdl === 'two' ? ['gone'] : []);
    },
    onSwitch: ({ schema }) => {
      log.push(`${nameOf({ schema })} serves`);
      onSwitch?.();
    },
    registry: new Registry(),
    logger: createLogger({ name: 'test', level: 'silent' }),
    now: () => 1_000,
    warmed: 3,
  });
  const offer = (sdl: string) => served.offer(() => Promise.resolve(sdl));
  return { log, served, offer };
};

describe('the switch to a new supergraph', () => {
  test('comes after the most used operations are planned over it, those that it still knows', async () => {
    const { log, served, offer } = setUp();
    const while_ = offer('two');
    await new Promise((resolve) => setImmediate(resolve));
    expect(nameOf(served.operations())).toBe('one');
    expect(await while_).toBe('applied');
    expect(log).toEqual(['two plans often', 'two plans sometimes', 'two serves']);
    expect(nameOf(served.operations())).toBe('two');
  });

  test('is one after another, and each bad text is told of once', async () => {
    const { log, served, offer } = setUp();
    expect(await Promise.all([offer('two'), offer('bad'), offer('bad'), offer('three'), offer('bad'), offer('three')])).toEqual(['applied', 'refused', 'unchanged', 'applied', 'refused', 'unchanged']);
    expect(log.filter((line) => line.endsWith('serves'))).toEqual(['two serves', 'three serves']);
    expect(nameOf(served.operations())).toBe('three');
  });

  test('is made, and followed by others, when telling of it fails', async () => {
    const { log, offer } = setUp(() => {
      throw new Error('nobody can be told');
    });
    expect([await offer('two'), await offer('three'), await offer('three')]).toEqual(['applied', 'applied', 'unchanged']);
    expect(log.filter((line) => line.endsWith('serves'))).toEqual(['two serves', 'three serves']);
  });

  test('is not the last when a text cannot even be refused', async () => {
    const logger = { ...createLogger({ name: 'test', level: 'silent' }), error: () => { throw new Error('the disk is full'); }, info: () => undefined };
    const { offer } = serveSupergraph('one', {
      load: (sdl) => {
        if (sdl === 'bad') throw new Error('no supergraph');
        return fake(sdl, []);
      },
      onSwitch: () => undefined, registry: new Registry(), logger: logger as never, now: () => 0,
    });
    await expect(offer(() => Promise.resolve('bad'))).rejects.toThrow('the disk is full');
    expect(await offer(() => Promise.resolve('two'))).toBe('applied');
  });

  test('needs a good first one', () => {
    const options = { onSwitch: () => undefined, registry: new Registry(), logger: createLogger({ name: 'test', level: 'silent' }), now: () => 0 };
    expect(() => serveSupergraph('bad', { ...options, load: () => { throw new Error('no supergraph'); } })).toThrow('no supergraph');
  });
});
