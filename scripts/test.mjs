import { runJest } from './jest.mjs';
import { prepare } from './prepare.mjs';

/** `npm test [-- jest arguments]`: prepares a fresh clone and runs every test on the embedded servers. */
prepare();
process.exitCode = await runJest(process.argv.slice(2));
