/**
 * Conditions and values by the database's own clock: a process whose clock is wrong neither takes what another one holds nor keeps its
 * own too long. For `$expr` and for updates that are pipelines.
 */
export const isPast = (field: string) => ({ $lte: [`$${field}`, '$$NOW'] });

/** So many milliseconds from now. */
export const fromNow = (ms: number) => ({ $add: ['$$NOW', ms] });

/** In a pipeline a text that starts with `$` would be a field: each value is given as what it is. */
export const literal = <T>(value: T) => ({ $literal: value });
