import { randomUUID } from 'node:crypto';
import type { Level } from '../../../subgraphs/shared/access/permissions.ts';
import type { Person } from '../../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, noteDocument } from '../contactsHarness.ts';
import type { ReferenceContact } from '../referenceCanSee.ts';
import type { World } from '../worlds.ts';

/** Someone who looks, with what the rule is told of them. */
export type Onlooker = Readonly<{ person: Person; view: Level; notesView: Level; searches: Level; teams: readonly string[] }>;

/** A contact as the test believes it to be, with its one note. */
export type Fact = ReferenceContact & Readonly<{ id: string; noteId: string; name: string; email: string | null; phone: string | null }>;

/** A world as it stands in the database; what changes there is changed here along with it. */
export type Standing = Readonly<{
  companyId: string;
  teamFlag: boolean;
  /** Teams cannot be asked. */
  isOut: boolean;
  parents: ReadonlyMap<string, string | null>;
  facts: readonly Fact[];
  viewers: readonly Onlooker[];
  /** May do everything. */
  admin: Person;
}>;

/** Names, emails and phone numbers of a world: some start alike, and an email like a name. */
export const names = ['Budi Santoso', 'Budiman', 'Citra'] as const;
export const emails = ['budi@shared.example', 'citra@shared.example', 'ayu@shared.example'] as const;
export const phones = ['+6281100000', '+6281199999', '+6282200000'] as const;

/** Puts a generated world into the database, in place of what was there; its ids are new. The documents have no tokens. */
export const plantWorld = async ({ teams: double, contacts, notes }: Harness, world: World): Promise<Standing> => {
  const teams = world.parents.map(() => randomUUID());
  const team = (place: number): string => teams[place] ?? '';
  const parents = new Map(world.parents.map((parent, place) => [team(place), parent === null ? null : team(parent)]));
  const { id: companyId, person } = addCompany(double, parents, world.teamFlag);
  const foreignId = randomUUID();
  const outsider = person().userId;
  const viewers = world.viewers.map(({ view, notesView, searches, teams: memberOf }): Onlooker => {
    const levels = { customers_customers_view: view, customers_customernotes_view: notesView, customers_customers_searchassoc: searches };
    const own = memberOf.map(team);
    return { person: person({ in: own, levels }), view, notesView, searches, teams: own };
  });
  const personAt = (place: number | null): string | null => (place === null ? null : (viewers[place]?.person.userId ?? outsider));
  const textAt = (texts: readonly string[], place: number | null): string | null => (place === null ? null : (texts[place] ?? null));
  const documents = world.contacts.map((contact) => {
    const [name, email, phone] = [names[contact.name] ?? '', textAt(emails, contact.email), textAt(phones, contact.phone)];
    const { team_owner_ids: _none, ...bare } = contactDocument(contact.foreign ? foreignId : companyId, { name });
    return {
      ...bare,
      ...(email !== null && { email }),
      ...(phone !== null && { phone }),
      is_deleted: contact.deleted,
      owner_id: personAt(contact.owner),
      assignee_id: personAt(contact.assignee),
      team_owners_pending: contact.pending,
      ...(contact.teamOwners !== null && { team_owner_ids: contact.teamOwners.map(team) }),
    };
  });
  const noted = documents.map((document) => noteDocument(document, outsider));
  await Promise.all([contacts.deleteMany({}), notes.deleteMany({})]);
  await Promise.all([contacts.insertMany(documents), notes.insertMany(noted)]);
  const facts = documents.map(({ _id, name, email = null, phone = null, ...document }, index): Fact => ({
    id: _id.toHexString(),
    noteId: noted[index]?._id.toHexString() ?? '',
    name,
    email,
    phone,
    companyId: document.company_sso_id,
    deleted: document.is_deleted,
    owner: document.owner_id,
    assignee: document.assignee_id,
    teamOwners: document.team_owner_ids ?? null,
    pending: document.team_owners_pending,
  }));
  return { companyId, teamFlag: world.teamFlag, isOut: false, parents, facts, viewers, admin: person({ role: 'OWNER' }) };
};
