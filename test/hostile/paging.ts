import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { LookedAt } from '../support/hostile/answer.ts';
import type { Given } from '../support/hostile/given.ts';
import { keepsEverything } from '../support/hostile/keepsEverything.ts';
import { askAt, isCursor, nameOf, type Site, type Slot, slotsOf, withValue } from '../support/hostile/sites.ts';

const numbers = slotsOf('Int').map((slot) => [nameOf(slot), slot] as const);
const sizes = numbers.filter(([name]) => !name.includes('expectedVersion'));
const versions = numbers.filter(([name]) => name.includes('expectedVersion'));
const cursors = slotsOf('String').filter((slot) => isCursor(slot) && slot.path[0] === 'after');

/** Sizes, versions and cursors that no good client sends. */
export const paging = (given: Given): void => {
  const send = (slot: Slot, value: unknown): Promise<LookedAt> => askAt(given().world, given().at, slot.site, withValue(slot, given().at, value));

  keepsEverything(given);

  test.each(sizes)('HOSTILE 19: %s is refused out of its range, and when it is no 32-bit number', async (name, slot) => {
    const above = name.includes('depth') ? 32 : 101;
    for (const value of [0, -1, above, 2_147_483_647]) expect([value, (await send(slot, value)).errors[0]?.extensions]).toMatchObject([value, { code: 'BAD_USER_INPUT', field: slot.path[0] }]);
    for (const value of [2_147_483_648, '10']) expect([value, (await send(slot, value)).codes]).toEqual([value, ['BAD_USER_INPUT']]);
  });

  test.each(versions)('HOSTILE 19: %s that no version can be is CONFLICT, and one that is no 32-bit number BAD_USER_INPUT; nothing is written', async (_name, slot) => {
    for (const value of [-1, 2_147_483_647]) expect((await send(slot, value)).codes).toEqual(['CONFLICT']);
    expect((await send(slot, 2_147_483_648)).codes).toEqual(['BAD_USER_INPUT']);
  });

  const cursorOf = async (site: Site): Promise<string> => {
    const { text } = await askAt(given().world, given().at, site, { ...site.good(given().at), first: 1 });
    return /"endCursor":"([^"]+)"/.exec(text)?.[1] ?? '';
  };

  test.each(cursors.map((slot, n) => [nameOf(slot), slot, cursors.at(n - 1) ?? slot] as const))('HOSTILE 20: %s takes no forged, changed, cut or foreign cursor, nor one of another list', async (_name, slot, other) => {
    const refused = async (of: Slot, cursor: string) => expect([cursor, (await send(of, cursor)).errors[0]?.extensions]).toMatchObject([cursor, { code: 'BAD_USER_INPUT', field: 'after' }]);
    for (const forged of ['', '\u0000', randomBytes(80).toString('base64url')]) await refused(slot, forged);
    const [cursor, elsewhere] = [await cursorOf(slot.site), await cursorOf(other.site)];
    await refused(slot, elsewhere);
    if (cursor === '') return;
    // version, IV, tag and content
    for (const at of [0, 30, cursor.length - 4]) await refused(slot, `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`);
    await refused(slot, cursor.slice(0, -4));
    if (slot.site.as === 'bayu') await refused({ ...slot, site: { ...slot.site, as: 'olivia' } }, cursor);
    expect((await send(slot, cursor)).codes).toEqual([]);
  });

  test('HOSTILE 20: nearly every list gave a cursor to forge', async () => {
    let given = 0;
    for (const { site } of cursors) if ((await cursorOf(site)) !== '') given += 1;
    expect(given).toBeGreaterThanOrEqual(cursors.length - 2);
  });
};
