import { createLogger } from '../subgraphs/shared/logger.ts';
import { untilSignal } from '../subgraphs/shared/process.ts';
import { PortTaken } from '../subgraphs/shared/server.ts';
import { refuseProduction } from './config.ts';

export type Running = Readonly<{ url: string; about: string; close(): Promise<void> }>;

/** Runs one part for development: starts it, says where it is, and stops it with a signal. A fault is one clear message. */
export const runAlone = async (name: string, start: () => Promise<Running>): Promise<void> => {
  try {
    refuseProduction();
    const { url, about, close } = await start();
    console.log(`${name} is ready at ${url} (${about})`);
    untilSignal(close, createLogger({ name, level: 'warn' }));
  } catch (error) {
    reportFault(error, `npm run start:${name}`);
  }
};

/** Prints what went wrong, with the option that changes it where there is one, and ends the process with 1. */
export const reportFault = (error: unknown, command: string): never => {
  if (error instanceof PortTaken) console.error(`${error.message} Take another: PORT=${String(error.port + 100)} ${command}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exit(1);
};
