import { createHash } from 'node:crypto';
import { MongoClient, ObjectId } from 'mongodb';
import type { ContactDocument, NoteDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { TreeDocument } from '../../subgraphs/contacts/store/treeDocuments.ts';
import { nameKey } from '../../subgraphs/shared/text.ts';
import { demoCompanies, type DemoCompany, demoContacts, demoPersonId, demoTeamId } from './data.ts';

export type SeedContactsOptions = Readonly<{ url: string; database: string; now: number }>;

/** Puts the demo customers and notes into an empty contacts database; leaves one that has contacts alone. */
export const seedContacts = async ({ url, database, now }: SeedContactsOptions): Promise<boolean> => {
  const client = new MongoClient(url);
  try {
    const contacts = client.db(database).collection<ContactDocument>('contacts');
    if ((await contacts.findOne({})) !== null) return false;
    await contacts.insertMany(demoCompanies.flatMap((company) => contactsOf(company, now)));
    await client.db(database).collection<NoteDocument>('notes').insertMany(demoCompanies.flatMap((company) => notesOf(company, now)));
    // their tokens are written in the background; until then lists read team owners
    const trees = client.db(database).collection<TreeDocument>('trees');
    const work = { kind: 'rebuild', from: null, round: 1, after: null } as const;
    for (const { id } of demoCompanies) await trees.updateOne({ _id: id }, { $setOnInsert: { settled: null, seen: 0, work, due_at: new Date(0), attempt: 0 } }, { upsert: true });
    return true;
  } finally {
    await client.close();
  }
};

const objectId = (label: string): ObjectId => new ObjectId(createHash('sha256').update(label).digest('hex').slice(0, 24));

/** The person of that key in a company; those of the second company carry its key in front. */
const ownerIn = (company: DemoCompany, key: string): string =>
  demoPersonId(company.people.some((person) => person.key === key) ? key : `${company.key}-${key}`);

const contactsOf = (company: DemoCompany, now: number): ContactDocument[] =>
  demoContacts.map(({ name, owner, teams }, index) => ({
    _id: objectId(`contact ${company.key} ${name}`),
    company_sso_id: company.id,
    is_deleted: false,
    name,
    name_key: nameKey(name),
    email: `${name.split(' ')[0]?.toLowerCase() ?? 'someone'}@customer.example`,
    phone: `+62812000000${String(index).padStart(2, '0')}`,
    owner_id: ownerIn(company, owner),
    assignee_id: null,
    team_owner_ids: teams.map((team) => demoTeamId(company, team)),
    team_owners_pending: false,
    team_owners_set_by: 'auto',
    version: 1,
    created_at: new Date(now - index * 60_000),
    updated_at: new Date(now - index * 60_000),
  }));

const notesOf = (company: DemoCompany, now: number): NoteDocument[] =>
  demoContacts.flatMap(({ name, owner, note }) =>
    note === undefined
      ? []
      : [
          {
            _id: objectId(`note ${company.key} ${name}`),
            contact_id: objectId(`contact ${company.key} ${name}`),
            company_sso_id: company.id,
            is_deleted: false,
            author_id: ownerIn(company, owner),
            text: note,
            version: 1,
            created_at: new Date(now),
            updated_at: new Date(now),
          },
        ],
  );
