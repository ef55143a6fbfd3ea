import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { pause } from '../subgraphs/shared/pause.ts';

export type IssuerKeysOptions = Readonly<{
  /** Where the SSO publishes its public keys (a JWKS). */
  url: URL;
  /** Milliseconds since 1970. */
  now: () => number;
  logger: Logger;
  registry: Registry;
  /** How often the set is fetched anew, milliseconds; default 5 minutes. */
  everyMs?: number;
  /** And after a fetch that failed; default 5 s. */
  retryMs?: number;
  /** How long the SSO may take to answer; default 5 s. */
  answerMs?: number;
}>;

/** The SSO's public keys. */
export type IssuerKeys = Readonly<{
  /** @throws when there is no key: JWKSNoMatchingKey, or that none could be fetched. */
  keySet: JWTVerifyGetKey;
  /** Whether there is a set that counts; before that nobody can sign in. */
  areKnown(): boolean;
  close(): void;
}>;

const usualEveryMs = 300_000;
const usualRetryMs = 5_000;
const usualAnswerMs = 5_000;
/** How long the last set that was fetched counts while it cannot be fetched anew. */
export const keysKeptMs = 86_400_000;
/** A token may name a key that is newer than the set: then it is fetched at once, but not more often than this. */
const unknownKeyMs = 30_000;

/**
 * Keeps the SSO's public keys, fetched in the background: a token whose key is known waits for nobody, and while the SSO does not answer its last set counts for 24 h.
 * What cannot be fetched is told of once in the log, and once when it can be again.
 */
export const keepIssuerKeys = ({ url, now, logger, registry, everyMs = usualEveryMs, retryMs = usualRetryMs, answerMs = usualAnswerMs }: IssuerKeysOptions): IssuerKeys => {
  const ending = new AbortController();
  let known: Readonly<{ find: JWTVerifyGetKey; at: number }> | undefined;
  let triedAt = -Infinity;
  let isFailing = false;
  let fetching: Promise<void> | undefined;

  const fetchNow = async (): Promise<void> => {
    triedAt = now();
    try {
      known = { find: createLocalJWKSet(await fetchSet(url, answerMs)), at: now() };
      if (isFailing) logger.info('the signing keys of the SSO are there again');
      isFailing = false;
    } catch (error) {
      if (!isFailing && !ending.signal.aborted) logger.warn({ err: error }, 'the signing keys of the SSO cannot be fetched; those that are known count for a day');
      isFailing = true;
    }
  };
  /** One at a time, for all who wait for it. */
  const refresh = (): Promise<void> => (fetching ??= fetchNow().finally(() => (fetching = undefined)));
  const current = (): JWTVerifyGetKey | undefined => (known !== undefined && now() - known.at < keysKeptMs ? known.find : undefined);
  const keep = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await refresh();
      await pause(isFailing ? retryMs : everyMs, ending.signal);
    }
  };
  new Gauge({
    name: 'one_team_sso_keys_age_seconds',
    help: 'How old the signing keys of the SSO are that count now; -1 while there are none.',
    registers: [registry],
    collect() {
      this.set(known === undefined || current() === undefined ? -1 : (now() - known.at) / 1_000);
    },
  });
  keep().catch((error: unknown) => logger.error({ err: error }, 'fetching the signing keys of the SSO ended'));
  return {
    keySet: async (header, token) => {
      // while there are none those who come wait for the fetch that is under way, and for no other
      if (current() === undefined) await fetching;
      const find = current();
      if (find === undefined) throw new Error('no signing keys of the SSO are known');
      try {
        return await find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || now() - triedAt < unknownKeyMs) throw error;
        await refresh();
        return (current() ?? find)(header, token);
      }
    },
    areKnown: () => current() !== undefined,
    close: () => ending.abort(),
  };
};

/** @throws when it is none, or holds no key: a set without any would lock everybody out. */
const fetchSet = async (url: URL, answerMs: number): Promise<JSONWebKeySet> => {
  const answer = await fetch(url, { redirect: 'manual', headers: { accept: 'application/json, application/jwk-set+json' }, signal: AbortSignal.timeout(answerMs) });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`${url.href} answers ${String(answer.status)}`);
  }
  const set = (await answer.json()) as JSONWebKeySet | null;
  if (!Array.isArray(set?.keys) || set.keys.length === 0) throw new Error(`${url.href} answers no set of keys`);
  return set;
};
