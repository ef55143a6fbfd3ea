import type { FetchAnswer } from './executePlan.ts';

/** A fetch as another may be equal to it. */
export type SharedFetch = Readonly<{
  service: string;
  /** Its query, without the name that the planner gave it. */
  asked: string;
  /** As JSON. */
  variables: string;
}>;

/** Asks, or waits for the equal fetch that is under way. Answers are shared: who gets one must not change it. */
export type ShareFetch = (fetch: SharedFetch, ask: () => Promise<FetchAnswer>) => Promise<FetchAnswer>;

/**
 * Shares what equal queries bring while they are under way: the owner and the assignee of one contact are one fetch. It is made for each
 * carrying out of an operation, so that nothing is shared between requests, and so never between viewers.
 */
export const createSharing = (): ShareFetch => {
  const underWay: (SharedFetch & { answer: Promise<FetchAnswer> })[] = [];
  return (fetch, ask) => {
    const equal = underWay.find(({ service, asked, variables }) => service === fetch.service && variables === fetch.variables && asked === fetch.asked);
    if (equal !== undefined) return equal.answer;
    const entry = { ...fetch, answer: ask() };
    underWay.push(entry);
    const over = (): void => void underWay.splice(underWay.indexOf(entry), 1);
    entry.answer.then(over, over);
    return entry.answer;
  };
};

/** The text of an operation without its name: the planner numbers the parts of a named one, `Page__teams__2`. */
export const withoutName = (operation: string): string => operation.replace(/^(query|mutation)\s+[_A-Za-z][_0-9A-Za-z]*/, '$1');
