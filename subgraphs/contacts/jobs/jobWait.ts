/** Longest wait of a job for one answer of the database, in ms; counting a million contacts is the longest work. */
export const jobWaitMs = 15_000;
