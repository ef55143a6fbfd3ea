import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { prepare } from './prepare.mjs';

/** `npm test [-- jest arguments]`: prepares a fresh clone, runs jest, and closes with the sums on one line. */
prepare();
mkdirSync('.data', { recursive: true });
const report = `.data/tests-${String(process.pid)}.json`;
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  // With --json jest prints its report on standard output as well; what a person reads goes to standard error.
  { stdio: ['inherit', 'ignore', 'inherit'] },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
const code = await new Promise((resolve) => jest.once('exit', resolve));

let sums = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };
try {
  sums = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
} catch {
  console.error('jest left no report.');
}
const failed = sums.numFailedTests + sums.numRuntimeErrorTestSuites;
console.log(`${sums.numPassedTests} passed, ${failed} failed, ${sums.numPendingTests} skipped`);
process.exitCode = code ?? 1;
