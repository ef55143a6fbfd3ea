import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { createFaultWorld, faultTest, type FaultWorld, hasFaultServers, isShort, kafkaPid, report, type TeamsProcess, untilPlaced } from '../../support/faults.ts';
import { breachesOfL, breachesOfTopic, closeTopics, createLedger, followTopic, treeOf, untilWorkedOff } from '../../support/ledger.ts';

let world: FaultWorld;
let teams: TeamsProcess;
beforeAll(async () => {
  if (!hasFaultServers) return;
  world = await createFaultWorld();
  teams = await world.start({ leaseSeconds: 30 });
}, 60_000);
afterEach(closeTopics);
afterAll(async () => {
  if (hasFaultServers) await world.close();
}, 30_000);

const rounds = isShort ? 3 : 8;

const openFiles = (): number => readdirSync(`/proc/${String(teams.pid)}/fd`).length;

describe('Kafka', () => {
  faultTest('accepts and never answers: pushes are unaffected, no sockets pile up, and all is out in order when it answers again (real servers)', async () => {
    const ledger = createLedger();
    const broker = await kafkaPid();
    const warm = await ledger.push(teams.client, 'warm', treeOf('warm', world.companies, 100));
    expect(warm.outcome).toBe('ok');
    await untilWorkedOff(world.database, 10_000);
    const before = openFiles();
    process.kill(broker, 'SIGSTOP');
    let most = 0;
    try {
      for (let n = 0; n < rounds; n += 1) {
        const began = Date.now();
        const { outcome } = await ledger.push(teams.client, `mute-${String(n)}`, treeOf(`mute-${String(n)}`, world.companies, 100));
        expect(outcome).toBe('ok');
        expect(Date.now() - began).toBeLessThan(2_000);
        await untilWorkedOff(world.database, 10_000);
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        most = Math.max(most, openFiles());
      }
    } finally {
      process.kill(broker, 'SIGCONT');
    }
    const again = Date.now();
    await untilPlaced(world.database, 10_000);
    const topic = await followTopic(world.kafka);
    const seen = await topic.untilIds((rounds + 1) * 100, 40_000);
    report(`Kafka mute for ${String(rounds)} pushes: ${String(most - before)} more open files at most; all out ${String(Date.now() - again)} ms after it answered again`);
    expect(await breachesOfTopic(world.database, seen, 2)).toEqual([]);
    expect(await breachesOfL(world.database, ledger)).toEqual([]);
    expect(most - before).toBeLessThanOrEqual(6);
  }, 120_000);
});
