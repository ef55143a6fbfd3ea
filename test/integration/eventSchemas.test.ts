import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { append } from '../../subgraphs/teams/events/append.ts';
import type { EventPayloads, NewEvent } from '../../subgraphs/teams/events/catalog.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import { startRelay } from '../../subgraphs/teams/events/relay.ts';
import { addCompany, chat, commandsOf, crm, good, item, pushOf, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

const folder = 'docs/events';
type Schema = Readonly<{ $schema: string; $id: string; properties: Readonly<{ event_type: { const: string } }> }>;
const schemas = new Map(
  readdirSync(folder).map((file) => {
    const schema = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Schema;
    return [schema.properties.event_type.const, { file, schema, type: z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]) }];
  }),
);
const isValid = (event: unknown): boolean => schemas.get((event as { event_type: string }).event_type)?.type.safeParse(event).success ?? false;

type Published = Record<string, unknown> & { payload: Record<string, unknown> };
let db: TestDatabase;
let company: string;
const published: Published[] = [];

const untilPublished = async (count: number): Promise<void> => {
  const common = { database: db.database, logger: silent, holder: randomUUID() };
  const outlet = {
    send: (messages: readonly { value: string }[]) => Promise.resolve(void published.push(...messages.map(({ value }) => JSON.parse(value) as Published))),
    close: () => Promise.resolve(),
  };
  const publisher = startPublisher({ ...common, outlet, record: () => undefined, now: Date.now, newId: randomUUID, pollMs: 20 });
  const relay = startRelay({ ...common, onPlaced: publisher.wake, pollMs: 20 });
  for (const until = Date.now() + 20_000; published.length < count && Date.now() < until; ) await new Promise((resolve) => setTimeout(resolve, 20));
  await relay.close();
  await publisher.close();
};

const native = { team_name: 'Sales', members: [randomUUID()], created_by_sso_id: randomUUID(), parent_id: null, tree_version: 3 };
const eventOf = <Type extends Exclude<NewEvent['type'], 'ACCESS_CHANGED' | 'TEAM_MIGRATED'>>(type: Type, rest: Omit<EventPayloads[Type], keyof typeof native | 'company_sso_id'>): NewEvent =>
  ({ eventId: randomUUID(), type, companyId: company, aggregateId: randomUUID(), occurredAt: new Date(), payload: { ...native, company_sso_id: company, ...rest } }) as NewEvent;

beforeAll(async () => {
  db = await freshDatabase();
  company = await addCompany(db.database);
  for (const [squad, app] of [[chat, 'chat'], [crm, 'crm']] as const) {
    const commands = commandsOf(db.database);
    const job = good(await commands.migrateTeams(squad, pushOf([item(company, 'child', { parentAppIdentifierId: 'root' }), item(company, 'root')], { app })));
    await commands.work(job.id);
  }
  await db.database.transaction((tx) =>
    append(tx, [
      eventOf('TEAM_CREATED', {}),
      eventOf('TEAM_UPDATED', { previous_parent_id: randomUUID() }),
      eventOf('TEAM_UPDATED', {}),
      eventOf('TEAM_DELETED', { contacts_to: null }),
      eventOf('TEAM_DELETED', { contacts_to: randomUUID() }),
      eventOf('TEAM_MEMBERS_CHANGED', { added_user_ids: [randomUUID()], removed_user_ids: [] }),
    ]),
  );
  await untilPublished(10);
}, 60_000);
afterAll(() => db.close());

describe('docs/events', () => {
  test('has a schema of draft 2020-12 for each event that outsiders get, and for the one that is read here', () => {
    const types = ['COMPANY_CREATED', 'TEAM_CREATED', 'TEAM_DELETED', 'TEAM_MEMBERS_CHANGED', 'TEAM_MIGRATED', 'TEAM_UPDATED'];
    expect([...schemas.keys()].toSorted()).toEqual(types);
    const wire = readFileSync('docs/wire.md', 'utf8');
    for (const [type, { file, schema }] of schemas) {
      expect([file, schema.$schema, schema.$id]).toEqual([`${type.toLowerCase()}.schema.json`, 'https://json-schema.org/draft/2020-12/schema', `urn:one-team:event:${type}:1`]);
      expect(wire).toContain(`[${type}](events/${file})`);
    }
  });

  test('fits everything that is really published, of every type', () => {
    expect(new Set(published.map(({ event_type }) => event_type)).size).toBe(5);
    expect(published).toHaveLength(10);
    for (const event of published) expect([event, isValid(event)]).toEqual([event, true]);
  });

  test('fits the COMPANY_CREATED that SPEC §2.3 describes', () => {
    expect(isValid(companyCreated())).toBe(true);
    expect(isValid({ ...companyCreated(), payload: { ...companyCreated().payload, plan: 'gold' } })).toBe(false);
  });

  test('fits nothing that lacks a field, has one more, or has another kind of value in one', () => {
    for (const event of [...published, companyCreated()]) {
      const { payload } = event;
      const optional = (field: string) => field === 'previous_parent_id';
      for (const field of Object.keys(event)) {
        expect([field, isValid({ ...event, [field]: undefined })]).toEqual([field, false]);
        expect([field, isValid({ ...event, [field]: 7 })]).toEqual([field, false]);
      }
      for (const field of Object.keys(payload)) {
        if (!optional(field)) expect([field, isValid({ ...event, payload: { ...payload, [field]: undefined } })]).toEqual([field, false]);
        const odd = field === 'tree_version' ? 'x' : 7;
        expect([field, isValid({ ...event, payload: { ...payload, [field]: odd } })]).toEqual([field, false]);
      }
      expect(isValid({ ...event, more: 1 })).toBe(false);
      expect(isValid({ ...event, payload: { ...payload, more: 1 } })).toBe(false);
      expect(isValid({ ...event, aggregate_id: String(event['aggregate_id']).toUpperCase() })).toBe(false);
      expect(isValid({ ...event, occurred_at: '2026-07-01' })).toBe(false);
    }
  });
});

const companyId = randomUUID();
const companyCreated = (): Published => ({
  event_id: randomUUID(), event_type: 'COMPANY_CREATED', aggregate_type: 'company', aggregate_id: companyId, version: '1', occurred_at: '2026-07-01T03:00:00.000Z',
  payload: { company_sso_id: companyId, name: 'Acme', plan: 'growth', owner_sso_id: randomUUID(), owner_email: 'owner@acme.test', owner_full_name: 'Owner' },
});
