import type { Collection, IndexDescription } from 'mongodb';
import type { ContactDocument, NoteDocument } from './documents.ts';

/** A migration that has been applied, by its number. */
export type AppliedMigration = Readonly<{ _id: number; name: string; applied_at: Date }>;

export type MigrationTarget = Readonly<{
  contacts: Collection<ContactDocument>;
  notes: Collection<NoteDocument>;
  applied: Collection<AppliedMigration>;
  now: () => number;
}>;

type Migration = Readonly<{ number: number; name: string; contacts: readonly IndexDescription[]; notes: readonly IndexDescription[] }>;

const live = { company_sso_id: 1, is_deleted: 1 } as const;

/** Numbers go on from those of the document that asks for 032 (CDP/CHG-001). Creating an index that is there does nothing. */
export const migrations: readonly Migration[] = [
  {
    number: 32,
    name: 'team owners',
    contacts: [{ name: 'company_sso_id_1_is_deleted_1_team_owner_ids_1', key: { ...live, team_owner_ids: 1 } }],
    notes: [],
  },
  {
    number: 33,
    name: 'lists and keys',
    contacts: [
      ...(['updated_at', 'created_at', 'name_key'] as const).flatMap((sort) => [
        { name: `live_by_${sort}`, key: { ...live, [sort]: 1, _id: 1 } },
        { name: `owner_by_${sort}`, key: { ...live, owner_id: 1, [sort]: 1, _id: 1 } },
        { name: `assignee_by_${sort}`, key: { ...live, assignee_id: 1, [sort]: 1, _id: 1 } },
        { name: `team_by_${sort}`, key: { ...live, team_owner_ids: 1, [sort]: 1, _id: 1 } },
      ]),
      { name: 'live_by_email', key: { ...live, email: 1, updated_at: 1, _id: 1 } },
      { name: 'live_by_phone', key: { ...live, phone: 1, updated_at: 1, _id: 1 } },
      {
        name: 'external_key_unique',
        key: { company_sso_id: 1, external_key: 1 },
        unique: true,
        partialFilterExpression: { external_key: { $exists: true } },
      },
      idempotencyIndex(),
    ],
    notes: [{ name: 'of_contact', key: { company_sso_id: 1, contact_id: 1, is_deleted: 1, created_at: 1, _id: 1 } }, idempotencyIndex()],
  },
];

function idempotencyIndex(): IndexDescription {
  return {
    name: 'idempotency_unique',
    key: { 'idempotency.caller': 1, 'idempotency.key': 1 },
    unique: true,
    partialFilterExpression: { idempotency: { $exists: true } },
  };
}

/** The way back of migration 032 and after: drops the indexes of every migration above `number`, newest first. */
export const migrateBack = async (target: MigrationTarget, number: number): Promise<void> => {
  for (const migration of migrations.filter((each) => each.number > number).reverse()) {
    await dropIndexes(target.contacts, migration.contacts);
    await dropIndexes(target.notes, migration.notes);
    await target.applied.deleteOne({ _id: migration.number });
  }
};

/** Applies what has not been applied. Safe to run in several processes at once. */
export const migrate = async ({ contacts, notes, applied, now }: MigrationTarget): Promise<void> => {
  for (const migration of migrations) {
    if ((await applied.findOne({ _id: migration.number })) !== null) continue;
    if (migration.contacts.length > 0) await contacts.createIndexes([...migration.contacts]);
    if (migration.notes.length > 0) await notes.createIndexes([...migration.notes]);
    const { number, name } = migration;
    await applied.updateOne({ _id: number }, { $setOnInsert: { name, applied_at: new Date(now()) } }, { upsert: true });
  }
};

const dropIndexes = async (collection: Collection<ContactDocument> | Collection<NoteDocument>, indexes: readonly IndexDescription[]): Promise<void> => {
  for (const { name } of indexes) if (name !== undefined) await collection.dropIndex(name);
};
