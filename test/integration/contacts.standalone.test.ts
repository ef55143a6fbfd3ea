import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { stopDaemon } from '../../scripts/servers/daemon.ts';
import { cacheFolder } from '../../scripts/servers/folders.ts';
import { hasMongod, startStandaloneMongo } from '../../scripts/servers/mongo.ts';
import { addCompany, startHarness } from '../support/contactsHarness.ts';
import type { FreshMongo } from '../support/mongo.ts';
import { realTest } from '../support/realTest.ts';

// where the real servers come from a container engine, there is no program to start another one
const standaloneTest = hasMongod(cacheFolder) ? realTest : test.skip;

/** A real MongoDB of its own that is no replica set, and so has no transactions. */
const standalone = async (): Promise<FreshMongo> => {
  const folder = await mkdtemp(join(tmpdir(), 'one-team-mongo-'));
  const { url, daemon } = await startStandaloneMongo({ folder, cache: cacheFolder, say: () => undefined });
  return {
    url,
    database: 'one_team',
    close: async () => {
      await stopDaemon(daemon, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const created = 'mutation($input: CreateContactInput!) { createContact(input: $input) { contactId contact { name version } } }';

describe('a MongoDB without a replica set', () => {
  standaloneTest('is enough: contacts starts on it, makes its indexes, and creates and repeats, as it uses no transactions (real servers)', async () => {
    const mongo = await standalone();
    const client = await new MongoClient(mongo.url).connect();
    try {
      const session = client.startSession();
      const inTransaction = session.withTransaction(() => client.db('probe').collection('probe').insertOne({}, { session }));
      await expect(inTransaction).rejects.toThrow(/replica set|does not support retryable writes/);
      await session.endSession();
      const harness = await startHarness({ fresh: () => Promise.resolve(mongo) });
      try {
        const team = randomUUID();
        const viewer = addCompany(harness.teams, new Map([[team, null]])).person({ in: [team] });
        const create = () => harness.ask(viewer, created, { input: { name: 'Budi', idempotencyKey: 'once' } });
        const first = await create();
        expect(first.errors).toBeUndefined();
        expect(first.data).toMatchObject({ createContact: { contact: { name: 'Budi', version: 1 } } });
        expect(await create()).toEqual(first);
        expect((await harness.ask(viewer, '{ contacts { totalCount } }')).data).toEqual({ contacts: { totalCount: 1 } });
        expect((await harness.contacts.indexes()).map(({ name }) => name)).toContain('idempotency_unique');
      } finally {
        await harness.close();
      }
    } finally {
      await client.close();
      await mongo.close();
    }
  }, 60_000);
});
