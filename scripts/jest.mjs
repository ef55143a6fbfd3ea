import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

/**
 * Runs jest and closes with the sums on one line; answers its exit code. The same line is added to the file TEST_SUMS
 * when that is set, for who runs several.
 */
export const runJest = async (args, env = {}) => {
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
      ...args,
    ],
    // With --json jest prints its report on standard output as well; what a person reads goes to standard error.
    { stdio: ['inherit', 'ignore', 'inherit'], env: { ...process.env, ...env } },
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
  const line = `${sums.numPassedTests} passed, ${failed} failed, ${sums.numPendingTests} skipped`;
  console.log(line);
  if (process.env.TEST_SUMS) appendFileSync(process.env.TEST_SUMS, `${line}\n`);
  return code ?? 1;
};
