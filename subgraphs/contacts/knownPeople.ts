import { createRecentlyUsed } from '../shared/recentlyUsed.ts';

/**
 * Who is active in a company, by the last word of the feed or of an answer of teams: for an owner change while teams cannot be asked
 * (SPEC §3.2). Of this process, in memory: a person of whom nothing was heard since it started is not known.
 */
export type KnownPeople = Readonly<{
  /** An answer of teams; `askedAt` is when its question was sent (ms), as what the feed said since then is newer. */
  answered(companyId: string, userId: string, isActive: boolean, askedAt: number): void;
  /** The feed said so at `at` (ms). */
  heard(companyId: string, userId: string, isActive: boolean, at: number): void;
  isActive(companyId: string, userId: string): boolean;
  /** Events may have been missed: nothing that was asked until `at` (ms) counts, nor what is answered to it later. */
  forgetAll(at: number): void;
}>;

const peopleKept = 50_000;

type Word = Readonly<{ isActive: boolean; at: number }>;

/** Keeps `limit` people (50,000). */
export const createKnownPeople = (limit = peopleKept): KnownPeople => {
  const words = createRecentlyUsed<Word>(limit);
  let forgottenAt = -Infinity;
  const keyOf = (companyId: string, userId: string): string => `${companyId} ${userId}`;
  const learn = (key: string, word: Word): void => {
    const last = words.get(key);
    if (last === undefined || last.at <= word.at) words.set(key, word);
  };
  return {
    answered: (companyId, userId, isActive, askedAt) => {
      if (askedAt > forgottenAt) learn(keyOf(companyId, userId), { isActive, at: askedAt });
    },
    heard: (companyId, userId, isActive, at) => learn(keyOf(companyId, userId), { isActive, at }),
    isActive: (companyId, userId) => words.get(keyOf(companyId, userId))?.isActive ?? false,
    forgetAll: (at) => {
      words.deleteWhere(() => true);
      forgottenAt = at;
    },
  };
};
