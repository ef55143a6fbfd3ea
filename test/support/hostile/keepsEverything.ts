import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Given } from './given.ts';

/** Around the tests of a group: nothing that is kept for people has changed by them, and the system answers. `leaveOut`: tables that do not matter. */
export const keepsEverything = (given: Given, leaveOut: readonly string[] = []): void => {
  let before: string;
  beforeAll(async () => {
    before = await given().world.kept(leaveOut);
  });
  afterAll(async () => {
    expect(await given().world.kept(leaveOut)).toBe(before);
    await given().world.isAlive();
  });
};
