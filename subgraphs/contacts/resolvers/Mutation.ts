import { notImplemented, orThrow } from '../../shared/edge.ts';
import { addNote } from '../commands/addNote.ts';
import { createContact } from '../commands/createContact.ts';
import type { MutationResolvers } from '../generated/schema.ts';
import { legacyMoveMutations } from './legacyMove.ts';

export const Mutation: MutationResolvers = {
  createContact: async (_, { input }, context) => orThrow(await createContact(context, input)),
  addNote: async (_, { input }, context) => orThrow(await addNote(context, input)),
  updateContact: notImplemented('Mutation.updateContact'),
  deleteContact: notImplemented('Mutation.deleteContact'),
  updateNote: notImplemented('Mutation.updateNote'),
  deleteNote: notImplemented('Mutation.deleteNote'),
  ...legacyMoveMutations,
};
