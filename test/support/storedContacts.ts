import type { ObjectId } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import { contactDocument, type GraphQLAnswer, type Harness } from './contactsHarness.ts';

/** `[code, field]` of each error of an answer. */
export const faults = ({ errors = [] }: GraphQLAnswer): unknown[] => errors.map(({ extensions }) => [extensions?.['code'], extensions?.['field']]);

/** Puts a contact into the database, as the store writes it. The harness is looked up with each call: it starts after the test file is read. */
export const addTo =
  (harness: () => Harness) =>
  async (companyId: string, given: Partial<ContactDocument> = {}): Promise<ContactDocument> => {
    const document = contactDocument(companyId, given);
    await harness().contacts.insertOne(document);
    return document;
  };

/** A contact as it is stored now. @throws when it is gone */
export const storedIn =
  (harness: () => Harness) =>
  async ({ _id }: Readonly<{ _id: ObjectId }>): Promise<ContactDocument> => {
    const document = await harness().contacts.findOne({ _id });
    if (document === null) throw new Error('the contact is gone');
    return document;
  };
