import { afterEach, describe, expect } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { createFaultWorld, faultTest, type FaultWorld, report, trapped, untilPlaced } from '../../support/faults.ts';
import { breachesOfL, createLedger, treeOf, untilWorkedOff } from '../../support/ledger.ts';

const leaseSeconds = 3;

const worlds: FaultWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
}, 30_000);

/** Everything that a worker writes, to be compared. */
const written = async ({ database: { prisma } }: FaultWorld): Promise<unknown> => {
  return Promise.all([
    prisma.migrationJob.findMany({ orderBy: { id: 'asc' } }),
    prisma.migrationItem.findMany({ orderBy: [{ jobId: 'asc' }, { index: 'asc' }] }),
    prisma.team.findMany({ orderBy: { id: 'asc' } }),
    prisma.event.findMany({ orderBy: { eventId: 'asc' } }),
    prisma.migrationRunCompany.findMany({ orderBy: [{ runId: 'asc' }, { companyRef: 'asc' }] }),
  ]);
};

describe('a worker that stands still past its lease and goes on', () => {
  const places = [
    ['within its transaction', ({ text }: { text: string }) => text.includes('migration_items AS i SET outcome')],
    ['between two transactions', ({ text, seen }: { text: string; seen: string }) => text.includes('COMMIT') && seen.includes('migration_items AS i SET outcome')],
  ] as const;
  faultTest.each(places)('%s is overtaken, and its writes are refused (real servers)', async (place, fits) => {
    const world = await createFaultWorld();
    worlds.push(world);
    const ledger = createLedger();
    const [sleeper, other] = await Promise.all([world.start({ leaseSeconds, publishes: false }), world.start({ leaseSeconds, publishes: false })]);
    other.pause();
    let at = 0;
    const asleep = trapped(sleeper, { fits, then: 'pass', act: () => {
      at = Date.now();
      sleeper.pause();
    } });
    const key = place.replaceAll(' ', '-');
    const { outcome } = await ledger.push(sleeper.client, key, treeOf(key, world.companies, 3_000));
    expect(outcome).toBe('ok');
    await asleep;
    other.resume();
    await untilWorkedOff(world.database, 20_000);
    const tookMs = Date.now() - at;
    await untilPlaced(world.database, 15_000);
    const before = await written(world);
    sleeper.resume();
    await pause(4_000);
    expect(await written(world)).toEqual(before);
    expect((await fetch(`${sleeper.url}/health/ready`)).status).toBe(200);
    expect(await breachesOfL(world.database, ledger)).toEqual([]);
    const job = await world.database.prisma.migrationJob.findFirstOrThrow({ where: { idempotencyKey: key } });
    expect(job.attempt).toBeGreaterThan(1);
    report(`paused ${place}: done by the other ${String(tookMs)} ms later, attempt ${String(job.attempt)}`);
    await Promise.all([sleeper.kill(), other.kill()]);
  }, 90_000);
});
