import { describe, expect, test } from '@jest/globals';
import { isAffected } from '../../embedded/keepWasmCode.ts';

describe('the fault of V8 that ends a process after PGlite has been closed (nodejs/node#66366)', () => {
  test.each([
    ['20.19.0', false],
    ['22.23.3', false],
    ['24.0.0', true],
    ['24.21.0', true],
    ['25.2.1', true],
    ['26.10.0', false],
  ])('Node %s: the collection of WebAssembly code is turned off: %s', (version, expected) => {
    expect(isAffected(version)).toBe(expected);
  });
});
