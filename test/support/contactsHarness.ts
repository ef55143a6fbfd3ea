import { randomUUID } from 'node:crypto';
import { type Collection, type Db, MongoClient, ObjectId } from 'mongodb';
import type { TreeTimes } from '../../subgraphs/contacts/jobs/treeBackground.ts';
import { buildContacts } from '../../subgraphs/contacts/service.ts';
import type { ContactDocument, NoteDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Levels, Role } from '../../subgraphs/shared/access/permissions.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics, type DomainEvent } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess } from '../../subgraphs/shared/peer.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import type { Person, Service, Viewer } from '../../subgraphs/shared/viewer.ts';
import { type FreshMongo, freshMongo } from './mongo.ts';
import { startTcpProxy, type TcpProxy } from './proxy.ts';
import { createTeamsDouble, type DoubleCompany, type TeamsDouble } from './teamsDouble.ts';

const keys = ['a signing key of at least 32 characters, for tests'] as const;

export type GraphQLAnswer = Readonly<{
  // The shape is the test's own: it wrote the query.
  data: Record<string, never> | null;
  errors?: readonly Readonly<{ message: string; path?: readonly (string | number)[]; extensions?: Readonly<Record<string, unknown>> }>[];
}>;

export type HarnessOptions = Readonly<{
  /** Reach MongoDB through a door that a test may shut. */
  withDoor?: boolean;
  fresh?: () => Promise<FreshMongo>;
  /** Of the work that keeps stored scope up with the trees of teams; left out: none is done, so that documents may be put into the database beside it. */
  treeTimes?: TreeTimes | null;
  /** A database that another harness uses too; it closes it. */
  mongo?: FreshMongo;
  /** Teams that another harness asks too. */
  teams?: TeamsDouble;
  /** The time of all parts, in ms since 1970; left out: the machine's. */
  now?: () => number;
  /** Most contacts that a page looks at when no index serves all of its conditions; left out: 2,000. */
  mostExamined?: number;
}>;

/** Quick enough for tests. */
export const quickTreeTimes: TreeTimes = { pollMs: 20, longestWriteMs: 100, checkEveryMs: 86_400_000, sweepEveryMs: 50 };

export type Harness = Readonly<{
  part: Part;
  mongo: FreshMongo;
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
  teams: TeamsDouble;
  db: Db;
  contacts: Collection<ContactDocument>;
  notes: Collection<NoteDocument>;
  events: DomainEvent[];
  /** The door between contacts and MongoDB, when one was asked for; a test's own connection does not go through it. */
  door: TcpProxy | null;
  ask(viewer: Viewer | null, query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer>;
  close(): Promise<void>;
}>;

/** Contacts behind its endpoint, on a real server, asked as the gateway asks: signed, for a viewer. */
export const startHarness = async ({ withDoor = false, fresh = freshMongo, treeTimes = null, mongo: given, teams: shared, now = Date.now, mostExamined }: HarnessOptions = {}): Promise<Harness> => {
  const mongo = given ?? (await fresh());
  const url = new URL(mongo.url);
  const door = withDoor ? await startTcpProxy(url.hostname, Number(url.port)) : null;
  if (door !== null) {
    url.hostname = '127.0.0.1';
    url.port = String(door.port);
    url.searchParams.delete('replicaSet');
    url.searchParams.set('directConnection', 'true');
  }
  const client = await new MongoClient(mongo.url).connect();
  const db = client.db(mongo.database);
  const teams = shared ?? createTeamsDouble({ keys, now });
  const logger = createLogger({ name: 'contacts', level: 'silent' });
  const metrics = createMetrics('contacts', logger);
  const events: DomainEvent[] = [];
  const record = (event: DomainEvent): void => void events.push(event);
  const part = await buildContacts({
    mongoUrl: door === null ? mongo.url : url.href,
    mongoDatabase: mongo.database,
    teams: teams.peer,
    keys,
    cursorSecrets: keys,
    phoneRegion: 'ID',
    logger,
    metrics: { ...metrics, record },
    now,
    newId: randomUUID,
    pollMs: 50,
    treeTimes,
    ...(mostExamined !== undefined && { mostExamined }),
  });
  const gateway = connectInProcess({ caller: 'gateway', audience: 'contacts', keys, now }, part.endpoint);
  return {
    part,
    mongo,
    metrics: () => metrics.registry.metrics(),
    teams,
    db,
    contacts: db.collection('contacts'),
    notes: db.collection('notes'),
    events,
    door,
    ask: async (viewer, query, variables = {}) => {
      const reply = await gateway.call({ operation: 'graphql', body: { query, variables }, viewer, deadline: now() + 10_000, correlationId: 'test' });
      return reply.body as GraphQLAnswer;
    },
    close: async () => {
      if (shared === undefined) teams.close();
      await part.close();
      await door?.close();
      await client.close();
      if (given === undefined) await mongo.close();
    },
  };
};

export const service = (...scopes: Service['scopes']): Service => ({ kind: 'service', id: 'sync', scopes, platform: 'openapi' });

/** A company in teams' double, with people added by level. */
export const addCompany = (teams: TeamsDouble, parents: ReadonlyMap<string, string | null>, teamFlag = true): Readonly<{ id: string; company: DoubleCompany; person: (options?: PersonOptions) => Person }> => {
  const id = randomUUID();
  const company: DoubleCompany = { teamFlag, parents, people: new Map() };
  teams.companies.set(id, company);
  return {
    id,
    company,
    person: ({ role = 'AGENT', in: memberOf = [], levels = {}, userId = randomUUID() } = {}) => {
      company.people.set(userId, { role, teams: memberOf, levels });
      return { kind: 'person', userId, companyId: id, platform: 'web' };
    },
  };
};

export type PersonOptions = Readonly<{ role?: Role; in?: readonly string[]; levels?: Partial<Levels>; userId?: string }>;

/** A contact as the store writes it, with what a test says of it. */
export const contactDocument = (companyId: string, given: Partial<ContactDocument> = {}): ContactDocument => {
  const name = given.name ?? 'Budi Santoso';
  const at = new Date('2026-01-01T00:00:00.000Z');
  return {
    _id: new ObjectId(),
    company_sso_id: companyId,
    is_deleted: false,
    name_key: name.toLowerCase(),
    owner_id: null,
    assignee_id: null,
    team_owner_ids: [],
    team_owners_pending: false,
    team_owners_set_by: 'auto',
    version: 1,
    created_at: at,
    updated_at: at,
    ...given,
    name,
  };
};

export const noteDocument = (contact: ContactDocument, authorId: string, given: Partial<NoteDocument> = {}): NoteDocument => {
  const at = new Date('2026-01-01T00:00:00.000Z');
  return { _id: new ObjectId(), contact_id: contact._id, company_sso_id: contact.company_sso_id, is_deleted: false, author_id: authorId, text: 'Called back', version: 1, created_at: at, updated_at: at, ...given };
};
