import { startInProcess } from './inProcess.ts';

/** Our gateway with its subgraphs in one process. Prints its URL and a token. */
const { url, token } = await startInProcess();
process.stdout.write(`${url} ${token}\n`);
