import { contactsPerWorld, viewersPerWorld } from '../worlds.ts';

/** Pairs of viewer and contact that are judged in all: half with each form of the filter. Each is judged by every path, and many again after changes. The nightly mode sets more. */
const pairs = Number(process.env['AGREEMENT_PAIRS'] ?? 10_000);

export const pairsOfWorld = viewersPerWorld * contactsPerWorld;
/** Worlds of each of the two tests. */
export const worldsToJudge = Math.ceil(pairs / 2 / pairsOfWorld);

/** Nightly everyone is judged by every path; else pages by half of them, search and lookups by a few of each world. */
export const isNightly = pairs > 10_000;

/** Nightly a line now and then of how far it is. */
export const tellProgress = (what: string, turn: number): void => {
  if (isNightly && turn % 25 === 0) process.stderr.write(`  agreement, ${what}: ${String(turn)} of ${String(worldsToJudge)} worlds after ${(performance.now() / 60_000).toFixed(1)} min\n`);
};

/** Whether the worlds were such that the rule had something to tell apart; the nightly mode says how many pairs there were. */
export const sharesOf = ({ visible, hidden }: Readonly<{ visible: number; hidden: number }>): string => {
  const share = visible / (visible + hidden);
  if (isNightly) process.stderr.write(`  ${String(visible + hidden)} pairs of viewer and contact were judged, ${share.toFixed(2)} of them in scope\n`);
  return share > 0.2 && share < 0.8 ? 'some of each' : `${share.toFixed(2)} of all pairs are in scope`;
};
