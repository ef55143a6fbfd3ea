import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';

/** `node scripts/run.mjs <entry.ts> [arguments]`: prepares a fresh clone, then runs a TypeScript entry in this process. */
const [entry] = process.argv.splice(2, 1);
prepare();
performance.mark('prepared');
const { register } = await import('tsx/esm/api');
register();
await import(pathToFileURL(entry).href);
