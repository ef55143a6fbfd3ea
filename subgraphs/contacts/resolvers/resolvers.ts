import type { Resolvers } from '../generated/schema.ts';
import { AccessReason, Contact, ContactAssociation, ContactAssociationConnection, ContactConnection } from './Contact.ts';
import { Mutation } from './Mutation.ts';
import { Note, NoteConnection } from './Note.ts';
import { ContactPayload, NotePayload } from './payloads.ts';
import { Query } from './Query.ts';
import { Team } from './Team.ts';

/** All resolvers of the subgraph; fields that are not here are read from their record by name. */
export const resolvers: Resolvers = {
  Query,
  Mutation,
  Contact,
  ContactConnection,
  ContactAssociation,
  ContactAssociationConnection,
  AccessReason,
  Note,
  NoteConnection,
  ContactPayload,
  NotePayload,
  Team,
};
