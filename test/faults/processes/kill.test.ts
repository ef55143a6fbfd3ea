import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { createFaultWorld, faultTest, type FaultWorld, hasFaultServers, randomOf, report, seedsOf, type TeamsProcess, trapped, untilPlaced } from '../../support/faults.ts';
import { breachesOfL, breachesOfTopic, closeTopics, createLedger, followTopic, treeOf, untilWorkedOff } from '../../support/ledger.ts';

const leaseSeconds = 3;
const resumeMs = (leaseSeconds + 5) * 1_000;
const itemsOfPush = 300;

let world: FaultWorld;
let survivor: TeamsProcess;
const ledger = createLedger();
beforeAll(async () => {
  if (!hasFaultServers) return;
  world = await createFaultWorld();
  survivor = await world.start({ leaseSeconds });
}, 60_000);
afterEach(closeTopics);
afterAll(async () => {
  if (hasFaultServers) await world.close();
}, 30_000);

/** Messages to Postgres that a push of this size takes until all is published, about; past its end the relay's and the queue's looks count. */
const messages = 60;

describe('kill -9 of a teams process', () => {
  faultTest.each(seedsOf('kill -9 at a step of a push', 20, 2))('at a random step of a push: L holds and the work resumes within the lease and 5 s, seed %i (real servers)', async (seed) => {
    const random = randomOf(seed);
    const victim = await world.start({ leaseSeconds });
    const at = 1 + Math.floor(random() * messages);
    const then = random() < 0.5 ? 'hold' : 'dropReply';
    const retries = random() < 0.5;
    let sent = 0;
    const dead = trapped(victim, { fits: () => (sent += 1) >= at, then, act: () => void victim.kill() });
    const [key, items] = [`seed-${String(seed)}`, treeOf(`seed-${String(seed)}`, world.companies, itemsOfPush)];
    const { outcome } = await ledger.push(victim.client, key, items);
    await dead;
    const killed = Date.now();
    if (outcome === 'unknown' && retries) await ledger.push(survivor.client, key, items);
    const workMs = await untilWorkedOff(world.database, resumeMs);
    await untilPlaced(world.database, 10_000 - (Date.now() - killed) + workMs);
    expect(await breachesOfL(world.database, ledger)).toEqual([]);
    report(`seed ${String(seed)}: ${then} at message ${String(at)}, ${outcome}${outcome === 'unknown' && retries ? ', tried again' : ''}; worked off ${String(workMs)} ms, placed ${String(Date.now() - killed)} ms after the kill`);
  }, 60_000);

  const between = [
    ['commit and place', ({ text }: { text: string }) => text.includes('WITH unplaced'), 'hold', 1],
    ['place and publish', ({ text, seen }: { text: string; seen: string }) => text.includes('COMMIT') && seen.includes('INTO relay_leases') && seen.includes('kafka'), 'dropReply', 1],
    ['publish and marking it', ({ text }: { text: string }) => text.includes('AS held FROM relay_leases') && text.includes('kafka'), 'hold', 2],
  ] as const;
  faultTest.each(between)('between %s: the event is out within 10 s, and its effect is there once (real servers)', async (step, fits, then, times) => {
    const topic = await followTopic(world.kafka);
    const before = (await topic.untilIds(await world.database.prisma.event.count(), 15_000)).ids;
    const victim = await world.start({ leaseSeconds });
    survivor.pause();
    let killed = 0;
    const dead = trapped(victim, { fits, then, act: () => {
      killed = Date.now();
      void victim.kill();
    } });
    const key = step.replaceAll(' ', '-');
    await ledger.push(victim.client, key, treeOf(key, world.companies, 5));
    await dead;
    survivor.resume();
    await untilWorkedOff(world.database, resumeMs);
    const seen = await topic.untilIds(before.size + 5, 15_000);
    const outMs = Date.now() - killed;
    report(`between ${step}: out ${String(outMs)} ms after the kill`);
    expect(outMs).toBeLessThanOrEqual(10_000);
    const mine = (): number => topic.now().events.filter(({ event_id: id }) => !before.has(id)).length;
    for (const until = Date.now() + 12_000; Date.now() < until && mine() < 5 * times; ) await pause(100);
    await pause(1_000);
    expect(mine()).toBe(5 * times);
    expect(await breachesOfTopic(world.database, topic.now(), 2)).toEqual([]);
    expect(seen.ids.size).toBe(before.size + 5);
    expect(await breachesOfL(world.database, ledger)).toEqual([]);
  }, 90_000);
});
