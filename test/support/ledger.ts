import type { Client } from '../../embedded/demo/client.ts';

import { type KafkaOptions, teamTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { kafkaClient } from './kafka.ts';

/** An item of a push; ids are of one push only, so that a team tells which push made it. */
export type LedgerItem = Readonly<{ companySsoId: string; appIdentifierId: string; name: string; parentAppIdentifierId: string | null }>;

/** A push and what its caller was told: accepted, refused, or nothing that tells. */
export type Entry = Readonly<{ key: string; outcome: 'ok' | 'fail' | 'unknown'; jobId: string | null; items: readonly LedgerItem[] }>;

/** Who pushes. */
export type Pusher = Pick<Client, 'ask'>;

/** What callers were told, in the order of the answers. */
export type Ledger = Readonly<{
  entries: readonly Entry[];
  /** Pushes under an idempotency key, and writes down what came of it. */
  push(client: Pusher, key: string, items: readonly LedgerItem[]): Promise<Entry>;
}>;

const mutation = 'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id status total } } }';
/** With these nothing has been done; any other error leaves open whether it has. */
const refusals: readonly string[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', 'UNPROCESSABLE', 'CONFLICT', 'BATCH_TOO_LARGE', 'RATE_LIMITED'];

export const createLedger = (): Ledger => {
  const entries: Entry[] = [];
  return {
    entries,
    push: async (client, key, items) => {
      const entry = { key, items, ...(await told(client, key, items)) };
      entries.push(entry);
      return entry;
    },
  };
};

const told = async (client: Pusher, idempotencyKey: string, items: readonly LedgerItem[]): Promise<Pick<Entry, 'outcome' | 'jobId'>> => {
  try {
    const { data, errors = [] } = await client.ask<{ migrateTeams: { job: { id: string } } }>(mutation, { input: { app: 'CHAT', items, idempotencyKey } });
    if (data !== null) return { outcome: 'ok', jobId: data.migrateTeams.job.id };
    return { outcome: errors.every(({ extensions }) => refusals.includes(extensions.code)) ? 'fail' : 'unknown', jobId: null };
  } catch {
    return { outcome: 'unknown', jobId: null };
  }
};

/** Items of a push in some companies, with a tree in each: every item but the first of a company hangs below an earlier or later one. */
export const treeOf = (key: string, companies: readonly string[], count: number): readonly LedgerItem[] =>
  Array.from({ length: count }, (_, n) => {
    const place = Math.floor(n / companies.length);
    const parent = place === 0 ? null : String(Math.floor((place - 1) / 4) * companies.length + (n % companies.length));
    return { companySsoId: companies[n % companies.length] ?? '', appIdentifierId: `${key}-${String(n)}`, name: `${key} ${String(n)}`, parentAppIdentifierId: parent === null ? null : `${key}-${parent}` };
  });

/** Waits until no job is left; answers how long that took. @throws at the limit, with the jobs */
export const untilWorkedOff = async ({ prisma }: Database, limitMs: number): Promise<number> => {
  const began = Date.now();
  for (;;) {
    const left = await prisma.migrationJob.findMany({ where: { finishedAt: null }, select: { id: true, status: true, attempt: true, created: true, total: true } }).catch(() => null);
    if (left?.length === 0) return Date.now() - began;
    if (Date.now() - began > limitMs) throw new Error(`not worked off after ${String(limitMs)} ms: ${JSON.stringify(left)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/**
 * Check L of HOSTILE.md over pushes that have been worked off: what it answers are breaches, none when L holds. Each accepted push is
 * there exactly once and each refused one is not; each unanswered one is absent or whole; there is one event per team, in the order of
 * the changes of its company, and places have no gaps.
 */
export const breachesOfL = async ({ prisma }: Database, { entries }: Ledger): Promise<readonly string[]> => {
  const [jobs, teams, events] = await Promise.all([
    prisma.migrationJob.findMany(),
    prisma.team.findMany({ where: { sourceIdentifier: 'Chat' }, select: { id: true, companyId: true, referenceId: true, parentId: true } }),
    prisma.event.findMany({ where: { eventType: 'TEAM_MIGRATED' }, orderBy: { outsidePosition: 'asc' }, select: { aggregateId: true, companyId: true, written: true, position: true, outsidePosition: true } }),
  ]);
  const breaches: string[] = [];
  const of = new Map(teams.map((team) => [`${team.companyId} ${team.referenceId ?? ''}`, team]));
  if (of.size !== teams.length) breaches.push(`${String(teams.length - of.size)} teams are there twice`);
  let known = 0;
  for (const key of new Set(entries.map((entry) => entry.key))) {
    const told = entries.filter((entry) => entry.key === key);
    const accepted = told.filter(({ outcome }) => outcome === 'ok');
    const items = told[0]?.items ?? [];
    const stored = jobs.filter((job) => job.idempotencyKey === key);
    const there = items.filter((item) => of.has(`${item.companySsoId} ${item.appIdentifierId}`)).length;
    known += there;
    const whole = stored.length === 1 && stored[0]?.status === 'COMPLETED' && stored[0].total === items.length && stored[0].created === items.length && there === items.length;
    const absent = stored.length === 0 && there === 0;
    const about = `${key} (${told.map(({ outcome }) => outcome).join(', ')}): ${String(stored.length)} jobs ${stored.map(({ status, created, failed }) => `${status} ${String(created)}/${String(failed)}`).join()}, ${String(there)} of ${String(items.length)} teams`;
    if (accepted.length > 0 ? !whole : told.every(({ outcome }) => outcome === 'fail') ? !absent : !whole && !absent) breaches.push(about);
    if (new Set(accepted.map(({ jobId }) => jobId)).size > 1 || accepted.some(({ jobId }) => jobId !== stored[0]?.id)) breaches.push(`${about}: other jobs were acknowledged`);
    for (const { companySsoId, appIdentifierId, parentAppIdentifierId } of items) {
      const parentId = parentAppIdentifierId === null ? null : of.get(`${companySsoId} ${parentAppIdentifierId}`)?.id;
      if (there > 0 && of.get(`${companySsoId} ${appIdentifierId}`)?.parentId !== parentId) breaches.push(`${appIdentifierId} has a wrong parent`);
    }
  }
  if (known !== teams.length) breaches.push(`${String(teams.length - known)} teams are of no push`);
  const told = new Set(events.map(({ aggregateId }) => aggregateId));
  if (events.length !== teams.length || told.size !== teams.length || teams.some(({ id }) => !told.has(id))) {
    breaches.push(`${String(events.length)} events of ${String(told.size)} teams for ${String(teams.length)} teams`);
  }
  const ofCompany = grouped(events, ({ companyId }) => companyId);
  if ([...ofCompany.values()].some((list) => list.some(({ written }, place) => place > 0 && written < (list[place - 1]?.written ?? 0n)))) breaches.push('the order of a company is lost');
  const places = await prisma.event.findMany({ select: { position: true, outsidePosition: true } });
  const gaps = (list: readonly (bigint | null)[]): boolean => list.toSorted((a, b) => Number((a ?? 0n) - (b ?? 0n))).some((place, at) => place !== BigInt(at + 1));
  if (gaps(places.map(({ position }) => position)) || gaps(events.map(({ outsidePosition }) => outsidePosition))) breaches.push('places have gaps, or are missing');
  return breaches;
};

const grouped = <T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
};

/** An event as it stands on the topic. */
export type PublishedEvent = Readonly<{ event_id: string; aggregate_id: string }>;

/** Everything that stands on the topic now, and the most often that one id does. */
export type Topic = Readonly<{ events: readonly PublishedEvent[]; ids: ReadonlySet<string>; mostOften: number }>;

export type TopicReader = Readonly<{
  now(): Topic;
  /** Waits for so many different ids, and answers with what is there then or at the limit. */
  untilIds(count: number, limitMs: number): Promise<Topic>;
}>;

const readers = new Set<() => Promise<void>>();

/** Ends what `followTopic` began: for the end of each test, so that one that fails leaves nothing open. */
export const closeTopics = async (): Promise<void> => {
  await Promise.all([...readers].map((close) => close()));
  readers.clear();
};

/** Follows the topic from its beginning. */
export const followTopic = async (options: KafkaOptions): Promise<TopicReader> => {
  const events: PublishedEvent[] = [];
  const consumer = kafkaClient(options).consumer({ groupId: `${options.topicPrefix}ledger-${String(readers.size)}-${String(Date.now())}` });
  readers.add(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic: teamTopic(options), fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      events.push(JSON.parse(String(message.value)) as PublishedEvent);
      return Promise.resolve();
    },
  });
  const now = (): Topic => {
    const times = new Map<string, number>();
    for (const { event_id: id } of events) times.set(id, (times.get(id) ?? 0) + 1);
    return { events: [...events], ids: new Set(times.keys()), mostOften: Math.max(0, ...times.values()) };
  };
  return {
    now,
    untilIds: async (count, limitMs) => {
      for (const until = Date.now() + limitMs; Date.now() < until && now().ids.size < count; ) await new Promise((resolve) => setTimeout(resolve, 100));
      return now();
    },
  };
};

/** What is wrong with the topic against the event log: an id more often than allowed, one missing, or a company's order lost. */
export const breachesOfTopic = async ({ prisma }: Database, topic: Topic, mostOften: number): Promise<readonly string[]> => {
  const log = await prisma.event.findMany({ where: { isPublic: true }, orderBy: { outsidePosition: 'asc' }, select: { eventId: true, companyId: true } });
  const companyOf = new Map(log.map(({ eventId, companyId }) => [eventId, companyId]));
  const byCompany = (ids: readonly string[]): string => JSON.stringify([...grouped(ids, (id) => companyOf.get(id) ?? 'none')].sort());
  const breaches: string[] = [];
  if (topic.mostOften > mostOften) breaches.push(`an id stands ${String(topic.mostOften)} times on the topic`);
  if (topic.ids.size !== log.length) breaches.push(`${String(topic.ids.size)} ids on the topic for ${String(log.length)} events`);
  if (byCompany([...topic.ids]) !== byCompany(log.map(({ eventId }) => eventId))) breaches.push('the order of a company is lost on the topic');
  return breaches;
};
