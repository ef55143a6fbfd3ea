/** One line of the table. */
export type Figure = Readonly<{ what: string; value: string; goal: string }>;

/** A part of the bench. */
export type Measure = () => Promise<readonly Figure[]>;

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
export const ratio = (value: number): string => `${value.toFixed(2)} ×`;
