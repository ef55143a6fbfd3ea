import { createHash } from 'node:crypto';
import { badInput, Refusal } from '../subgraphs/shared/errors.ts';
import { createRecentlyUsed } from '../subgraphs/shared/recentlyUsed.ts';
import type { Manifest } from './manifest.ts';
import type { SharedStore } from './sharedStore.ts';

/** The operation of a request as it was sent: its text, the id of one that is known, or both. */
export type SentOperation = Readonly<{ query?: unknown; extensions?: unknown }>;

/** The text that is to be answered; `remember`, when it is called, keeps it under its hash for requests that name only that. */
export type FoundOperation = Readonly<{ text: string; remember?: () => void }>;

/** Finds the text of a request's operation, or says why there is none. */
export type FindOperation = (sent: SentOperation) => Promise<FoundOperation | Refusal>;

/** Texts that can be kept under their hash. */
export type OperationStore = Readonly<{ get(hash: string): Promise<string | undefined>; set(hash: string, text: string): Promise<void> }>;

/** Texts kept in memory, the most recently used ones, none longer than this; a Redis keeps each for a day. */
const textsKept = 1_000;
const longestKept = 20_000;
const keptSeconds = 86_400;

/**
 * Automatic persisted queries by the usual protocol: `extensions.persistedQuery: {version: 1, sha256Hash}`. A hash that is not known is
 * PERSISTED_QUERY_NOT_FOUND, and the client sends the text along. Only what was let through for somebody is to be remembered.
 */
export const findPersisted =
  (store: OperationStore): FindOperation =>
  async (sent) => {
    const asked = hashOf(sent);
    if (asked instanceof Refusal) return asked;
    const { query } = sent;
    if (asked === undefined) return typeof query === 'string' ? { text: query } : noQuery;
    if (typeof query !== 'string' || query === '') {
      const text = await store.get(asked);
      return text === undefined ? new Refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound') : { text };
    }
    if (sha256(query) !== asked) return badInput(hashField, 'The hash is not the SHA-256 of the query that came with it, in lower-case hexadecimal.');
    return { text: query, ...(query.length <= longestKept && { remember: () => void store.set(asked, query) }) };
  };

/** Only the operations of a manifest, by id or by exactly their text; everything else is QUERY_NOT_IN_SAFELIST. */
export const findListed = ({ byId }: Manifest): FindOperation => {
  const bodies = new Set(byId.values());
  return (sent) => Promise.resolve(listed(byId, bodies, sent));
};

const listed = (byId: ReadonlyMap<string, string>, bodies: ReadonlySet<string>, { query, extensions }: SentOperation): FoundOperation | Refusal => {
  const id = idOf(extensions);
  const given = typeof query === 'string' && query !== '' ? query : undefined;
  if (id === undefined && given === undefined) return noQuery;
  const body = id === undefined ? undefined : byId.get(id);
  const text = body === undefined || given === undefined ? (body ?? given) : given === body ? body : undefined;
  return text !== undefined && bodies.has(text) ? { text } : notListed;
};

const hashField = 'extensions.persistedQuery.sha256Hash';
const noQuery = badInput('query', 'The request has no "query".');
const notListed = new Refusal('QUERY_NOT_IN_SAFELIST', 'Only the operations of a list are answered here, by id or by exactly their text; this is none of them.');

const persistedQueryOf = (extensions: unknown): Readonly<Record<string, unknown>> | undefined => {
  const given = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  return isObject(given) ? given : undefined;
};

const idOf = (extensions: unknown): string | undefined => {
  const id = persistedQueryOf(extensions)?.['sha256Hash'];
  return typeof id === 'string' ? id : undefined;
};

const hashOf = ({ extensions }: SentOperation): string | undefined | Refusal => {
  const given = persistedQueryOf(extensions);
  if (given === undefined) return undefined;
  if (given['version'] !== 1) return badInput('extensions.persistedQuery.version', 'The version of persisted queries here is 1.');
  const hash = given['sha256Hash'];
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? hash : badInput(hashField, 'It must be a SHA-256 in lower-case hexadecimal.');
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Keeps texts in this process and, where there is one, in a Redis that several share. While that is away, clients send a text once to each process. */
export const createOperationStore = (shared?: SharedStore): OperationStore => {
  const here = createRecentlyUsed<string>(textsKept);
  const key = (hash: string): string => `one-team:operation:${hash}`;
  return {
    get: async (hash) => {
      const known = here.get(hash);
      if (known !== undefined || shared === undefined) return known;
      const there = await shared.attempt((redis) => redis.get(key(hash)));
      // others may write there too: only what has this hash is this text
      if (there === 'away' || there === null || sha256(there) !== hash) return undefined;
      here.set(hash, there);
      return there;
    },
    set: async (hash, text) => {
      if (here.get(hash) !== undefined) return;
      here.set(hash, text);
      await shared?.attempt((redis) => redis.set(key(hash), text, 'EX', keptSeconds));
    },
  };
};
