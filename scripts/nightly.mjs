import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run test:nightly [-- step …]`: what takes too long for every change, one step after the other; about an hour and a half on two free
 * cores. Steps that are named are run alone. A step that is not through within its limit is ended and counts as failed. Closes with the sums.
 */
const minute = 60_000;
const steps = {
  // a generated test says its seed when it fails
  agreement: { limit: 150 * minute, args: ['scripts/test.mjs', 'test/integration/agreement', '--maxWorkers', '2'], env: { AGREEMENT_PAIRS: '100000' } },
  differential: { limit: 60 * minute, args: ['scripts/test.mjs', 'test/integration/gateway.differential', '--runInBand'], env: { DIFFERENTIAL_RUNS: '10000' } },
  reconnect: { limit: 20 * minute, args: ['scripts/test.mjs', 'test/integration/gateway.reconnect', '--runInBand'], env: { OUTAGE_MS: '30000' } },
  faults: { limit: 60 * minute, args: ['scripts/faults.mjs'], env: {} },
};
/** Somebody ended the whole run. */
let isStopped = false;
/** For a step to end what it started once it is told to. */
const graceMs = 60_000;

/** Answers whether it passed; what is set in the environment wins over the step's own. */
const run = (name, { args, env, limit }, sums) =>
  new Promise((resolve) => {
    console.error(`\n== ${name}: ${Object.entries(env).map(([key, value]) => `${key}=${process.env[key] ?? value} `).join('')}(${minutes()} in, at most ${limit / minute} min)`);
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...env, ...process.env, TEST_SUMS: sums } });
    let isLate = false;
    let kill;
    const late = setTimeout(() => {
      isLate = true;
      console.error(`${name} is not through after ${limit / minute} min and is ended.`);
      child.kill('SIGTERM');
      kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
    }, limit);
    const stop = (signal) => {
      isStopped = true;
      child.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
    child.once('exit', (code) => {
      clearTimeout(late);
      clearTimeout(kill);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
      resolve(code === 0 && !isLate);
    });
  });

const minutes = () => `${(performance.now() / minute).toFixed(1)} min`;
const read = (file) => {
  try {
    return [...readFileSync(file, 'utf8').matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].map((line) => line.slice(1).map(Number));
  } catch {
    return [];
  }
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}.`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'one-team-nightly-'));
const total = [0, 0, 0];
const lines = [];
try {
  for (const [name, step] of Object.entries(steps)) {
    if (isStopped || (asked.length > 0 && !asked.includes(name))) continue;
    const sums = join(folder, name);
    const isGood = await run(name, step, sums);
    const sum = [0, 0, 0];
    for (const line of read(sums)) for (const place of [0, 1, 2]) sum[place] += line[place];
    // one that ended without a sum, or with good ones and a bad end, failed all the same
    if (!isGood && sum[1] === 0) sum[1] = 1;
    for (const place of [0, 1, 2]) total[place] += sum[place];
    lines.push(`${name}: ${sum[0]} passed, ${sum[1]} failed, ${sum[2]} skipped, after ${minutes()}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.error(`\n== all together\n${lines.join('\n')}`);
console.log(`${total[0]} passed, ${total[1]} failed, ${total[2]} skipped`);
process.exitCode = total[1] > 0 ? 1 : 0;
