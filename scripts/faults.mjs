import { runJest } from './jest.mjs';
import { prepare } from './prepare.mjs';

/**
 * `npm run test:faults [-- jest arguments]`: breaks processes and servers on purpose and checks what is left. Takes up to 10 minutes;
 * FAULTS=short up to 2, for CI. It has a set of servers of its own, which it restarts, and removes it again.
 * FAULTS_SEEDS=1,2,3 replays seeds, FAULTS_FROM=1 takes as many as usual from there.
 */
prepare();
const { register } = await import('tsx/esm/api');
register();
const { resolve } = await import('node:path');
const { start, stop } = await import('./servers/commands.ts');
const { cacheFolder, serversFolder } = await import('./servers/folders.ts');
const { makeTemplate } = await import('./servers/template.ts');

const folder = resolve(serversFolder, '..', 'faults');
const place = { folder, cache: cacheFolder, say: (text) => console.error(text) };

try {
  const { urls, wasRunning } = await start(place);
  try {
    const template = await makeTemplate(urls.postgres);
    const env = {
      TEST_DATABASE_URL: urls.postgres,
      TEST_DATABASE_TEMPLATE: template,
      TEST_MONGODB_URL: urls.mongo,
      TEST_KAFKA_BROKERS: urls.kafka,
      FAULTS_SERVERS: folder,
    };
    const asked = process.argv.slice(2);
    // What breaks processes mostly waits for leases: two at a time. What breaks a server goes alone.
    // Said by what is left out, so that a path that is asked for narrows it and adds nothing.
    const only = (kind) => ['--testPathIgnorePatterns', `/test/(?!faults/${kind}/)`, '--passWithNoTests'];
    const processes = await runJest(['--maxWorkers', '2', ...only('processes'), ...asked], env);
    const servers = await runJest(['--runInBand', ...only('servers'), ...asked], env);
    process.exitCode = processes || servers;
  } finally {
    if (!wasRunning) await stop(place);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
