import { conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Written } from '../store/contacts.ts';

/** Tries before a record that is changed all the time is given up. */
const maxTries = 50;

export type JudgedWrite<Read, Done> = Readonly<{
  /** The record as it was read and judged. */
  read: Read;
  /** Reads and judges it anew. */
  readAgain: () => Promise<Read | Refusal>;
  /** Decides and writes, on condition that the record still is as it was read. */
  attempt: (current: Read) => Promise<Done | Refusal | Exclude<Written, 'written'>>;
}>;

/** Writes on condition that nothing has changed since the check, and judges again when something has (SPEC §1). */
export const judgedWrite = async <Read, Done>({ read, readAgain, attempt }: JudgedWrite<Read, Done>): Promise<Done | Refusal> => {
  let current: Read = read;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const done = await attempt(current);
    if (done !== 'changed meanwhile') return done;
    const again = await readAgain();
    if (isRefused(again)) return again;
    current = again;
  }
  return conflict('This was changed by others all the time; try again in a moment.');
};

/** Whether the version that someone expects is not the one that is there; none was expected when it is null or left out. */
export const oldVersion = (expected: number | null | undefined, { version }: Readonly<{ version: number }>): boolean =>
  expected !== null && expected !== undefined && expected !== version;
