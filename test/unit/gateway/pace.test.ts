import { beforeEach, describe, expect, test } from '@jest/globals';
import { createPace, type Pace } from '../../../gateway/pace.ts';
import { Refusal } from '../../../subgraphs/shared/errors.ts';
import type { Service } from '../../../subgraphs/shared/viewer.ts';
import { until } from '../../support/until.ts';

const squad = (id: string): Service => ({ kind: 'service', id, scopes: ['teams:migrate:chat'], platform: 'web' });
/** Requests that are left to each service. */
let left: Record<string, number> = {};
let pace: Pace;
let order: string[] = [];
const staying = new AbortController().signal;

beforeEach(() => {
  [left, order] = [{ chat: 1, crm: 100 }, []];
  pace = createPace((viewer, requests = 1) => {
    const id = viewer.kind === 'service' ? viewer.id : '';
    if ((left[id] ?? 0) < requests) return Promise.resolve(new Refusal('RATE_LIMITED', 'too many', { retryAfterSeconds: 0.02 }));
    left[id] = (left[id] ?? 0) - requests;
    return Promise.resolve(undefined);
  });
});
const waits = (name: string, signal = staying, requests = 1): Promise<void> => pace.turn(squad('chat'), requests, signal).then((how) => void order.push(`${name} ${how}`));
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('deliveries', () => {
  test('wait while the requests of their viewer are used up, and go on in the order in which they came, none left out', async () => {
    const all = ['1', '2', '3', '4'].map((name) => waits(name));
    await all[0];
    await soon();
    expect(order).toEqual(['1 now']);
    left['chat'] = 2;
    await until(() => order.length === 3);
    left['chat'] = 2;
    await Promise.all(all);
    expect(order).toEqual(['1 now', '2 now', '3 now', '4 now']);
  });

  test('of others do not wait for them', async () => {
    await waits('1');
    const waiting = waits('2');
    expect(await pace.turn(squad('crm'), 5, staying)).toBe('now');
    expect(await pace.hasRoom(squad('crm'), 5)).toBe(true);
    left['chat'] = 1;
    await waiting;
  });

  test('that are left end their wait at once, and those behind them go on', async () => {
    await waits('1');
    const leaving = new AbortController();
    const gone = waits('2', leaving.signal, 50);
    const behind = waits('3');
    await soon();
    leaving.abort();
    await gone;
    left['chat'] = 1;
    await behind;
    expect(order).toEqual(['1 now', '2 over', '3 now']);
  });

  test('that are asked for ahead take nobody’s turn', async () => {
    await waits('1');
    const waiting = waits('2');
    await soon();
    left['chat'] = 1;
    expect(await pace.hasRoom(squad('chat'), 1)).toBe(false);
    await waiting;
    left['chat'] = 1;
    expect(await pace.hasRoom(squad('chat'), 1)).toBe(true);
  });
});
