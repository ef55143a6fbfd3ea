import type { Collection, IndexDescription } from 'mongodb';
import { CannotStart } from '../../shared/cannotStart.ts';
import type { ContactDocument, NoteDocument } from './documents.ts';
import type { LegacyMoveDocument } from './legacyDocuments.ts';
import type { TreeChange, TreeDocument } from './treeDocuments.ts';

/** A migration that has been applied, by its number. */
export type AppliedMigration = Readonly<{ _id: number; name: string; applied_at: Date }>;

export type MigrationTarget = Readonly<{
  contacts: Collection<ContactDocument>;
  notes: Collection<NoteDocument>;
  legacyMoves: Collection<LegacyMoveDocument>;
  trees: Collection<TreeDocument>;
  changes: Collection<TreeChange>;
  applied: Collection<AppliedMigration>;
  now: () => number;
}>;

/** Collections that have indexes. */
const indexed = ['contacts', 'notes', 'legacyMoves', 'trees', 'changes'] as const;
type Migration = Readonly<{ number: number; name: string }> & Readonly<Partial<Record<(typeof indexed)[number], readonly IndexDescription[]>>>;

const sorts = ['updated_at', 'created_at', 'name_key'] as const;
const live = { company_sso_id: 1, is_deleted: 1 } as const;

/** Numbers go on from those of the document that asks for 032 (CDP/CHG-001). Creating an index that is there does nothing. */
export const migrations: readonly Migration[] = [
  {
    number: 32,
    name: 'team owners',
    contacts: [{ name: 'company_sso_id_1_is_deleted_1_team_owner_ids_1', key: { ...live, team_owner_ids: 1 } }],
  },
  {
    number: 33,
    name: 'lists and keys',
    contacts: [
      ...sorts.flatMap((sort) => [
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
  {
    number: 34,
    name: 'work in the background, and search by email and phone',
    contacts: [
      dueIndex('derivation'),
      dueIndex('audit'),
      ...(['email', 'phone'] as const).map((field) => ({ name: `live_by_${field}_id`, key: { ...live, [field]: 1, _id: 1 } })),
    ],
    notes: [dueIndex('audit')],
  },
  {
    number: 35,
    name: 'scope tokens',
    contacts: [
      ...sorts.map((sort) => ({ name: `scope_by_${sort}`, key: { ...live, scope_tokens: 1, [sort]: 1, _id: 1 } })),
      // the filters of owner and assignee at level team, in the order that lists have when none is asked for
      ...(['owner', 'assignee'] as const).map((person) => ({ name: `${person}_scope_by_updated_at`, key: { ...live, [`${person}_id`]: 1, scope_tokens: 1, updated_at: 1, _id: 1 } })),
    ],
  },
  {
    number: 36,
    name: 'moves of old contacts',
    legacyMoves: [
      // one at a time for each company; holds only those that have not ended
      { name: 'active_unique', key: { active_for: 1 }, unique: true, partialFilterExpression: { active_for: { $exists: true } } },
      { name: 'of_company', key: { company_sso_id: 1 } },
    ],
  },
  {
    number: 37,
    name: 'work on trees',
    trees: [{ name: 'due', key: { due_at: 1 } }],
    changes: [
      { name: 'due', key: { due_at: 1 } },
      // the oldest open change of a company
      { name: 'of_company_by_version', key: { company_sso_id: 1, version: 1 } },
    ],
  },
  {
    number: 38,
    name: 'search by email and phone within a scope',
    contacts: (['email', 'phone'] as const).map((field) => ({ name: `scope_by_${field}`, key: { ...live, scope_tokens: 1, [field]: 1, _id: 1 } })),
  },
];

/** Holds only documents that have such work. */
function dueIndex(work: 'derivation' | 'audit'): IndexDescription {
  return { name: `${work}_due`, key: { [`${work}.due_at`]: 1 }, sparse: true };
}

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
    for (const name of indexed) await dropIndexes(target[name], migration[name] ?? []);
    await target.applied.deleteOne({ _id: migration.number });
  }
};

/** Numbers of the migrations that have been applied. Writes nothing. @throws CannotStart for one that this version does not know */
export const appliedNumbers = async (applied: MigrationTarget['applied']): Promise<ReadonlySet<number>> => {
  const done = await applied.find({}).sort({ _id: 1 }).toArray();
  const strange = done.find(({ _id }) => migrations.every(({ number }) => number !== _id));
  if (strange === undefined) return new Set(done.map(({ _id }) => _id));
  throw new CannotStart(`the database has migration ${String(strange._id)} (${strange.name}), which this version does not know: it is older than the database. Start the newer version.`);
};

/** Applies what has not been applied. Safe to run in several processes at once. @throws CannotStart for a migration that this version does not know; nothing is written then. */
export const migrate = async (target: MigrationTarget): Promise<void> => {
  const { applied, now } = target;
  const done = await appliedNumbers(applied);
  for (const migration of migrations) {
    if (done.has(migration.number)) continue;
    for (const collection of indexed) {
      const indexes = migration[collection] ?? [];
      if (indexes.length > 0) await target[collection].createIndexes([...indexes]);
    }
    const { number, name } = migration;
    await applied.updateOne({ _id: number }, { $setOnInsert: { name, applied_at: new Date(now()) } }, { upsert: true });
  }
};

const dropIndexes = async (collection: MigrationTarget[(typeof indexed)[number]], indexes: readonly IndexDescription[]): Promise<void> => {
  for (const { name } of indexes) if (name !== undefined) await collection.dropIndex(name);
};
