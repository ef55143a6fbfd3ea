import type { SigningKeys } from '../shared/calls.ts';
import { createCursors } from '../shared/cursor.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import { createEndpoint, type Peer } from '../shared/peer.ts';
import type { Part } from '../shared/process.ts';
import { createSubgraphHandler } from '../shared/subgraph.ts';
import { createAccessSource } from './access.ts';
import { createContext, type Dependencies } from './context.ts';
import type { PhoneRegion } from './domain/phone.ts';
import { followTeams } from './events/followTeams.ts';
import { startBackground } from './jobs/background.ts';
import { createKnownPeople } from './knownPeople.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { readTypeDefs } from './schema.ts';
import { gates } from './shield.ts';
import { createContactStore } from './store/contacts.ts';
import { openDatabase } from './store/database.ts';
import { createNoteStore } from './store/notes.ts';

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
  /** Milliseconds since 1970. */
  now: () => number;
  /** A new UUID. */
  newId: () => string;
  /** Milliseconds between looks for work that another process left. Default 2,000. */
  pollMs?: number;
}>;

const pingMs = 1_500;

/** Opens the database, follows teams' feed, and answers calls of the gateway. @throws when MongoDB is not there. */
export const buildContacts = async (deps: ContactsDependencies): Promise<Part> => {
  const { teams, keys, now, newId, logger, metrics } = deps;
  const database = await openDatabase({ url: deps.mongoUrl, database: deps.mongoDatabase, now });
  const contacts = createContactStore(database.contacts, { now, newId });
  const known = createKnownPeople();
  const access = createAccessSource({ teams, now, known });
  const background = startBackground({ database, teams, record: metrics.record, logger, now, newId, ...(deps.pollMs !== undefined && { pollMs: deps.pollMs }) });
  const dependencies: Dependencies = {
    contacts,
    notes: createNoteStore(database.notes, contacts, { now, newId }),
    access,
    teams,
    cursors: createCursors(deps.cursorSecrets),
    phoneRegion: deps.phoneRegion,
    record: metrics.record,
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
    logger,
  });
  const stopFollowing = followTeams({ teams, access, known, now, logger, correlationId: newId() });
  return {
    endpoint: createEndpoint('contacts', { graphql }, keys, now),
    unready: async () => ((await database.isUp(pingMs)) ? [] : ['MongoDB does not answer']),
    close: async () => {
      stopFollowing();
      await background.close();
      await database.close();
    },
  };
};
