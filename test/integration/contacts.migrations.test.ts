import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { ContactDocument, NoteDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { LegacyMoveDocument } from '../../subgraphs/contacts/store/legacyDocuments.ts';
import type { TreeChange, TreeDocument } from '../../subgraphs/contacts/store/treeDocuments.ts';
import { type AppliedMigration, migrate, migrateBack, migrations, type MigrationTarget } from '../../subgraphs/contacts/store/indexes.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';

let mongo: FreshMongo;
let client: MongoClient;
let target: MigrationTarget;
beforeAll(async () => {
  mongo = await freshMongo();
  client = await new MongoClient(mongo.url).connect();
  const db = client.db(mongo.database);
  target = { contacts: db.collection<ContactDocument>('contacts'), notes: db.collection<NoteDocument>('notes'), legacyMoves: db.collection<LegacyMoveDocument>('legacy_moves'), trees: db.collection<TreeDocument>('trees'), changes: db.collection<TreeChange>('tree_changes'), applied: db.collection<AppliedMigration>('migrations'), now: () => 0 };
});
afterAll(async () => {
  await client.close();
  await mongo.close();
});

const names = async (): Promise<string[]> => (await target.contacts.indexes()).map(({ name }) => name ?? '');

test('migration 032 adds the index of company, deletion and team owners; three processes at once apply it once', async () => {
  await Promise.all([migrate(target), migrate(target), migrate(target)]);
  const index = (await target.contacts.indexes()).find(({ name }) => name === 'company_sso_id_1_is_deleted_1_team_owner_ids_1');
  expect(Object.keys(index?.key ?? {})).toEqual(['company_sso_id', 'is_deleted', 'team_owner_ids']);
  expect((await target.applied.find().toArray()).map(({ _id }) => _id).sort()).toEqual(migrations.map(({ number }) => number));
});

test('has a way back, and forth again', async () => {
  await migrate(target);
  const all = await names();
  await migrateBack(target, 31);
  expect(await names()).toEqual(['_id_']);
  expect((await Promise.all([target.trees, target.changes, target.legacyMoves].map((each) => each.indexes()))).flat().map(({ name }) => name)).toEqual(['_id_', '_id_', '_id_']);
  expect(await target.applied.countDocuments()).toBe(0);
  await migrate(target);
  expect((await names()).sort()).toEqual(all.sort());
});
