import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLObjectType, isObjectType, parse } from 'graphql';
import { subgraphSdl } from '../../schema/compose.ts';
import type { CallClaims, SigningKeys } from '../../subgraphs/shared/calls.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createEndpoint, type Endpoint, type Handler } from '../../subgraphs/shared/peer.ts';
import { createSubgraphHandler } from '../../subgraphs/shared/subgraph.ts';
import type { FeedEntry, OutsideReader, Sequence, TeamsApi } from '../../subgraphs/shared/teamsApi.ts';

export const testKeys: SigningKeys = ['test-key-of-at-least-thirty-two-characters'];

/** A subgraph of the agreed wire with resolvers of a test; everything is allowed. Resolvers get the verified claims as context. */
export const subgraphDouble = async (
  name: 'teams' | 'contacts',
  resolvers: object,
  others: Readonly<Partial<Record<'feed' | 'locate', Handler>>> = {},
): Promise<Endpoint> => {
  const typeDefs = parse(subgraphSdl(name));
  const types = Object.values(buildSubgraphSchema({ typeDefs }).getTypeMap());
  const objects = types.filter((type) => isObjectType(type) && !type.name.startsWith('__') && type.name !== '_Service').filter((type) => isObjectType(type));
  const covered = Object.fromEntries(objects.map((type) => [type.name, Object.keys(type.getFields())]));
  const graphql = await createSubgraphHandler<CallClaims>({
    typeDefs,
    resolvers: withUnserved(objects, resolvers),
    gates: { rules: {}, covered },
    contextOf: (claims) => claims,
    logger: createLogger({ name, level: 'silent' }),
    now: Date.now,
  });
  return createEndpoint(name, { graphql, ...others }, testKeys, Date.now);
};

const unserved = (field: string) => (): never => {
  throw new Error(`the test has no resolver for ${field}`);
};

/** Root fields that a test has no resolver for say so. */
const withUnserved = (types: readonly GraphQLObjectType[], resolvers: object): object => {
  const given = resolvers as Readonly<Record<string, object | undefined>>;
  const roots = types.filter(({ name }) => name === 'Query' || name === 'Mutation');
  const filled = roots.map((type) => {
    const missing = Object.keys(type.getFields()).map((field) => [field, unserved(`${type.name}.${field}`)] as const);
    return [type.name, { ...Object.fromEntries(missing.filter(([field]) => !field.startsWith('_'))), ...given[type.name] }] as const;
  });
  return { ...resolvers, ...Object.fromEntries(filled) };
};

/** The outside sequence of events, in memory, as teams answers it. */
export const createFeedDouble = () => {
  const entries: FeedEntry[] = [];
  const waiting = new Set<() => void>();
  /** Questions that wait, by what they are for. */
  const waitingFor = new Map<string, number>();
  const log = 'log-1';
  let replaying: ((reader: OutsideReader) => Promise<void>) | undefined;
  const feed: Handler = async (_claims, body) => {
    const { sequence, after, limit, waitMs, reader } = body as TeamsApi['feed']['request'];
    const waits = (change: 1 | -1): void => void waitingFor.set(sequence, (waitingFor.get(sequence) ?? 0) + change);
    if (after === null) return { status: 200, body: { log, entries: [], position: entries.length, lost: false } };
    if (entries.length <= after.position && waitMs > 0) {
      waits(1);
      await untilPublished(waiting, waitMs);
      waits(-1);
    }
    const page = entries.slice(after.position, after.position + limit);
    if (reader !== undefined) await replaying?.(reader);
    return { status: 200, body: { log, entries: page.filter(({ payload }) => reader?.app === undefined || payload['app'] === reader.app), position: after.position + page.length, lost: after.log !== log } };
  };
  const locate: Handler = (_claims, body) => {
    const { eventId, reader } = body as TeamsApi['locate']['request'];
    const seen = entries.filter(({ payload }) => reader.app === undefined || payload['app'] === reader.app);
    const found = seen.find((entry) => entry.eventId === eventId);
    return Promise.resolve({ status: 200, body: { log, position: found?.position ?? null, oldestEventId: seen[0]?.eventId ?? null } });
  };
  const publish = (event: Omit<FeedEntry, 'position'>): void => {
    // handed to everybody as it is: frozen, so that whoever changes it fails
    entries.push(frozen({ ...event, position: entries.length + 1 }));
    for (const wake of waiting) wake();
  };
  /** Ends questions that wait, so that a test can end. */
  const release = (): void => {
    for (const wake of waiting) wake();
  };
  /** Told of each page that is read for a reader, before it is answered. */
  const onReplay = (told: typeof replaying): void => {
    replaying = told;
  };
  return { feed, locate, publish, release, waiting, onReplay, waitingFor: (sequence: Sequence): number => waitingFor.get(sequence) ?? 0 };
};

const frozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
};

const untilPublished = (waiting: Set<() => void>, waitMs: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      waiting.delete(done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    timer.unref();
    waiting.add(done);
  });
