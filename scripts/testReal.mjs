import { runJest } from './jest.mjs';
import { prepare } from './prepare.mjs';

/**
 * `npm run test:real [-- jest arguments]`: runs every integration and end-to-end test on real Postgres, MongoDB and Kafka.
 * Servers that `npm run servers -- start` brought up are used and stay; else they are started for this run.
 */
prepare();
const { register } = await import('tsx/esm/api');
register();
const { start, stop } = await import('./servers/commands.ts');
const { cacheFolder, serversFolder } = await import('./servers/folders.ts');
const { makeTemplate } = await import('./servers/template.ts');

const place = { folder: serversFolder, cache: cacheFolder, say: (text) => console.error(text) };
// Tests of what has no server, and of the stand-ins themselves.
const elsewhere = ['/test/unit/', '/test/browser/', '/test/architecture', '/embedded-', '/gateway\\.(audit|differential|http|flow|limits|reconnect|reload|rudeClients|sharing|slowReader|sockets|stop|towards|ws)', '/bareGateway', '/listening', '/npmStart'];

try {
  const { urls, wasRunning } = await start(place);
  try {
    const template = await makeTemplate(urls.postgres);
    process.exitCode = await runJest(['--testPathIgnorePatterns', ...elsewhere, '--', ...process.argv.slice(2)], {
      TEST_DATABASE_URL: urls.postgres,
      TEST_DATABASE_TEMPLATE: template,
      TEST_MONGODB_URL: urls.mongo,
      TEST_KAFKA_BROKERS: urls.kafka,
    });
  } finally {
    if (!wasRunning) await stop(place);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
