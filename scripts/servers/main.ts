import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assignments, env, type Place, start, status, stop } from './commands.ts';
import { cacheFolder, serversFolder } from './folders.ts';

const usage = `npm run servers -- start|status|env|stop [--folder <folder>]
  start   brings up Postgres, MongoDB and Kafka on 127.0.0.1 and prints their URLs; when they run, just prints
  status  what runs; ends with 1 unless all do
  env     for a shell: eval "$(npm run --silent servers -- env)"
  stop    ends them and removes their data; downloads stay in .data/servers-cache
  --folder  another set beside the usual one; default .data/servers`;

/** `npm run servers`: the three real servers, for tests and for trying. */
const run = async (command: string | undefined, place: Place): Promise<number> => {
  switch (command) {
    case 'start': {
      const { urls, wasRunning } = await start(place);
      place.say(wasRunning ? 'They run already.' : `All three are up after ${String(Math.round(process.uptime()))} s.`);
      console.log(assignments(urls).join('\n'));
      return 0;
    }
    case 'status': {
      const { lines, allRun } = await status(place);
      console.log(lines.join('\n'));
      return allRun ? 0 : 1;
    }
    case 'env':
      console.log((await env(place)).join('\n'));
      return 0;
    case 'stop':
      place.say((await stop(place)) ? 'Stopped; their data is gone. Downloads stay in .data/servers-cache.' : 'No server runs.');
      return 0;
    default:
      console.error(usage);
      return 2;
  }
};

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { folder: { type: 'string' } } });
  const folder = values.folder === undefined ? serversFolder : resolve(values.folder);
  const say = (text: string): void => {
    console.error(text);
  };
  process.exitCode = await run(positionals[0], { folder, cache: cacheFolder, say });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
