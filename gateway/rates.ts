import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Refusal } from '../subgraphs/shared/errors.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { SharedStore } from './sharedStore.ts';

/** Requests a minute. */
export type RateLimits = Readonly<{
  /** Of one person. */
  person: number;
  /** Of all people of a company together. */
  company: number;
  /** Of one service, by the `sub` of its tokens. */
  service: number;
}>;

export const rateLimits: RateLimits = { person: 6_000, company: 60_000, service: 30_000 };

/** What one request may cost; a costlier one counts as several. */
export const costOfRequest = 2_500;
/** As how many requests an operation of this cost counts: one for each started 2,500. */
export const requestsOf = (cost: number): number => Math.max(1, Math.ceil(cost / costOfRequest));

/** Characters of a text that is new here for which one request counts: it has to be read and planned, which takes longer than most answers. */
export const charactersOfRequest = 200;
/** As how many more requests a text counts that is to be remembered under its hash. */
export const requestsOfRegistration = 9;
/** As how many requests a text counts that is new here. */
export const requestsOfText = (characters: number, registers: boolean): number => Math.max(1, Math.ceil(characters / charactersOfRequest)) + (registers ? requestsOfRegistration : 0);

/**
 * Counts requests of somebody who is signed in, one unless said otherwise. RATE_LIMITED names the limit that was passed, what it is, and when to come back.
 * Never waits longer than 0.5 s and never throws.
 */
export type Rate = (viewer: Viewer, requests?: number) => Promise<Refusal | undefined>;

const windowSeconds = 60;

/**
 * Makes the rates of SPEC §4: in this process, or in a Redis that several share. While that is away each process counts for itself, from nothing:
 * nobody is refused for it, and nobody goes uncounted. A person who is over their own limit does not use up their company's.
 */
export const createRates = (limits: RateLimits = rateLimits, shared?: SharedStore): Rate => {
  const person = counter('person', limits.person, shared);
  const company = counter('company', limits.company, shared);
  const service = counter('service', limits.service, shared);
  return async (viewer, requests = 1) => {
    switch (viewer.kind) {
      case 'person':
        return (await person(`${viewer.companyId} ${viewer.userId}`, requests)) ?? company(viewer.companyId, requests);
      case 'service':
        return service(viewer.id, requests);
      default:
        return viewer satisfies never;
    }
  };
};

type Counter = (key: string, requests: number) => Promise<Refusal | undefined>;

const counter = (whose: keyof RateLimits, max: number, shared: SharedStore | undefined): Counter => {
  const options = { points: max, duration: windowSeconds, keyPrefix: `one-team:rate:${whose}` };
  const here = new RateLimiterMemory(options);
  // one who is over the limit is refused by memory until the window is over
  const there = shared && new RateLimiterRedis({ ...options, storeClient: shared.client, inMemoryBlockOnConsumed: max });
  return async (key, requests) => {
    const counted = there === undefined || shared === undefined ? 'away' : await shared.attempt(() => consume(there, key, requests));
    const { refused, msBeforeNext } = counted === 'away' ? await consume(here, key, requests) : counted;
    return refused ? tooMany(whose, max, Math.max(1, Math.ceil(msBeforeNext / 1_000))) : undefined;
  };
};

type Counted = Readonly<{ refused: boolean; msBeforeNext: number }>;

const consume = async (limiter: RateLimiterMemory | RateLimiterRedis, key: string, requests: number): Promise<Counted> => {
  try {
    const { msBeforeNext } = await limiter.consume(key, requests);
    return { refused: false, msBeforeNext };
  } catch (error) {
    // the library throws its result when the limit is passed
    if (error instanceof RateLimiterRes) return { refused: true, msBeforeNext: error.msBeforeNext };
    throw error;
  }
};

const tooMany = (whose: keyof RateLimits, max: number, retryAfterSeconds: number): Refusal =>
  new Refusal('RATE_LIMITED', `More than ${String(max)} requests a minute per ${whose}; try again in ${String(retryAfterSeconds)} s.`, {
    limit: { name: `requests per ${whose}`, max, windowSeconds },
    retryAfterSeconds,
    messages: { en: 'Too many requests. Please try again in a moment.', id: 'Terlalu banyak permintaan. Silakan coba lagi sebentar lagi.' },
  });
