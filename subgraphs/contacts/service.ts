import type { SigningKeys } from '../shared/calls.ts';
import { createCursors } from '../shared/cursor.ts';
import { type Refusal, unavailable } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import { createEndpoint, type Peer, PeerUnavailable } from '../shared/peer.ts';
import type { Part } from '../shared/process.ts';
import { createServed } from '../shared/served.ts';
import { createSubgraphHandler } from '../shared/subgraph.ts';
import type { Tracer } from '../shared/tracing.ts';
import { towards } from '../shared/towards.ts';
import { type AccessSource, createAccessSource } from './access.ts';
import { createContext, type Dependencies } from './context.ts';
import type { PhoneRegion } from './domain/phone.ts';
import { followTeams } from './events/followTeams.ts';
import { startBackground } from './jobs/background.ts';
import { startTreeBackground, type TreeTimes, treeTimes } from './jobs/treeBackground.ts';
import { createLineageOf } from './lineage.ts';
import { createDriftCounter } from './drift.ts';
import { createScopeWrites } from './store/scopeWrites.ts';
import { createTreeStore } from './store/trees.ts';
import { createKnownPeople } from './knownPeople.ts';
import { openLegacyMoves } from './legacyMoves.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { addContactsReadings, createScopeCounter } from './readings.ts';
import { readTypeDefs } from './schema.ts';
import { gates } from './shield.ts';
import { createContactStore } from './store/contacts.ts';
import { openDatabase } from './store/database.ts';
import { createNoteStore } from './store/notes.ts';
import { isOutage } from './store/outage.ts';

export type ContactsDependencies = Readonly<{
  mongoUrl: string;
  mongoDatabase: string;
  /** The teams subgraph; it is the caller's to close. */
  teams: Peer;
  keys: SigningKeys;
  /** The first seals cursors, all open them. */
  cursorSecrets: readonly [string, ...string[]];
  /** What a phone number without country code is read as. */
  phoneRegion: PhoneRegion;
  logger: Logger;
  metrics: Metrics;
  /** Makes its spans; none without it. It is the caller's to close. */
  tracer?: Tracer | null;
  /** Milliseconds since 1970. */
  now: () => number;
  /** A new UUID. */
  newId: () => string;
  /** Milliseconds between looks for work that another process left. Default 2,000. */
  pollMs?: number;
  /** Of the work that keeps stored scope up with the trees of teams; null: none is done, and lists read team owners. */
  treeTimes?: TreeTimes | null;
  /** Most contacts that a page looks at when no index serves all of its conditions. Default 2,000. */
  mostExamined?: number;
}>;

const pingMs = 1_500;

/** Opens the database, follows teams' feed, and answers calls of the gateway. @throws when MongoDB is not there. */
export const buildContacts = async (deps: ContactsDependencies): Promise<Part> => {
  const { keys, now, newId, logger, metrics, tracer = null } = deps;
  const teams = towards(deps.teams, { name: 'teams', now, registry: metrics.registry, logger });
  const database = await openDatabase({ url: deps.mongoUrl, database: deps.mongoDatabase, now, isTraced: tracer !== null });
  const trees = createTreeStore(database, now);
  const lineageOf = createLineageOf({ teams, now, newId });
  const onScopeFault = (error: unknown): void => logger.warn({ err: error }, 'what a write leaves for scope is left to the background');
  const scope = createScopeWrites({ contacts: database.contacts, trees, lineageOf, onFault: onScopeFault, now, newId });
  const contacts = createContactStore(database.contacts, { now, newId, trees, scope, ...(deps.mostExamined !== undefined && { mostExamined: deps.mostExamined }) });
  const known = createKnownPeople();
  const access = createAccessSource({ teams, now, known });
  const background = startBackground({ database, scope, teams: deps.teams, record: metrics.record, logger, tracer, now, newId, ...(deps.pollMs !== undefined && { pollMs: deps.pollMs }) });
  const legacy = openLegacyMoves(database, { scope, teams: deps.teams, record: metrics.record, logger, now, newId });
  const dependencies: Dependencies = {
    contacts,
    notes: createNoteStore(database.notes, contacts, { now, newId }),
    legacy,
    access,
    teams,
    cursors: createCursors(deps.cursorSecrets),
    phoneRegion: deps.phoneRegion,
    record: metrics.record,
    countScope: createScopeCounter(metrics.registry),
    known,
    wakeJobs: background.wake,
    now,
    newId,
  };
  const graphql = await createSubgraphHandler({
    typeDefs: readTypeDefs(),
    resolvers,
    gates,
    contextOf: (claims) => createContext(dependencies, claims),
    refusalOf,
    logger,
    now,
  });
  addContactsReadings(metrics.registry, database, now);
  const moving = legacy.start();
  const times = deps.treeTimes === undefined ? treeTimes : deps.treeTimes;
  const onDrift = createDriftCounter(metrics.registry);
  const following = times === null ? null : startTreeBackground({ database, trees, teams: deps.teams, lineageOf: createLineageOf({ teams: deps.teams, now, newId }), onDrift, logger, tracer, now, newId, times });
  const caches: Pick<AccessSource, 'forgetCompany' | 'forgetAll'> = {
    forgetCompany: access.forgetCompany,
    forgetAll: () => {
      access.forgetAll();
      trees.forget();
    },
  };
  const stopFollowing = followTeams({ teams, access: caches, known, now, logger, correlationId: newId() });
  return {
    endpoint: createEndpoint('contacts', { graphql }, keys, now, createServed('contacts', metrics.registry, tracer)),
    unready: async () => {
      if (!(await database.isUp(pingMs))) return ['MongoDB does not answer'];
      const isComparing = await following?.isComparing(pingMs).catch(() => true);
      return isComparing === true ? ['team owners are being compared with teams'] : [];
    },
    close: async () => {
      stopFollowing();
      await following?.close();
      await Promise.all([background.close(), moving.close()]);
      await database.close();
    },
  };
};

/** A database or a peer that cannot be used now; whether a write was made then is not known. */
const refusalOf = (fault: unknown): Refusal | undefined => {
  if (isOutage(fault)) return unavailable('The contacts database could not be used in time. Read again before you repeat a change.');
  return fault instanceof PeerUnavailable ? unavailable('Teams could not be looked up in time.') : undefined;
};
