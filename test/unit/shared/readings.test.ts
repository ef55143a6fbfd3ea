import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { addReadings, type Read } from '../../../subgraphs/shared/readings.ts';

const started = (read: () => Promise<Read>) => {
  const registry = new Registry();
  const clock = { now: 1_000 };
  addReadings({ registry, name: 'backlog', gauges: { plain: { help: 'x' }, labelled: { help: 'x', labels: ['kind'] } }, read, keptMs: 10_000, now: () => clock.now });
  const values = async (): Promise<readonly string[]> => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return { clock, values };
};

test('a database is asked once for all gauges, and again only when what was read is no longer good', async () => {
  let asked = 0;
  const { clock, values } = started(() => {
    asked += 1;
    return Promise.resolve({ plain: [{ value: asked }], labelled: [{ labels: { kind: 'a' }, value: 7 }] });
  });
  await Promise.all([values(), values()]);
  clock.now += 9_999;
  expect([await values(), asked]).toEqual([['one_team_readings_failed_total{reading="backlog"} 0', 'plain 1', 'labelled{kind="a"} 7'], 1]);
  clock.now += 1;
  expect((await values()).includes('plain 2')).toBe(true);
});

test('what cannot be read has no value, never an old one or 0, and is counted; what is left out has none either', async () => {
  let answer: () => Promise<Read> = () => Promise.resolve({ plain: [{ value: 5 }] });
  const { clock, values } = started(() => answer());
  expect(await values()).toEqual(['one_team_readings_failed_total{reading="backlog"} 0', 'plain 5']);
  clock.now += 10_000;
  answer = () => Promise.reject(new Error('away'));
  await values();
  expect(await values()).toEqual(['one_team_readings_failed_total{reading="backlog"} 1']);
});
