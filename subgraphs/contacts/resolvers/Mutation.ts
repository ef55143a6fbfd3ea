import { notImplemented, orThrow } from '../../shared/edge.ts';
import { addNote } from '../commands/addNote.ts';
import { deleteNote, updateNote } from '../commands/changeNote.ts';
import { createContact } from '../commands/createContact.ts';
import { deleteContact } from '../commands/deleteContact.ts';
import { updateContact } from '../commands/updateContact.ts';
import type { MutationResolvers } from '../generated/schema.ts';

export const Mutation: MutationResolvers = {
  createContact: async (_, { input }, context) => orThrow(await createContact(context, input)),
  updateContact: async (_, { input }, context) => orThrow(await updateContact(context, input)),
  deleteContact: async (_, { input }, context) => orThrow(await deleteContact(context, input)),
  addNote: async (_, { input }, context) => orThrow(await addNote(context, input)),
  updateNote: async (_, { input }, context) => orThrow(await updateNote(context, input)),
  deleteNote: async (_, { input }, context) => orThrow(await deleteNote(context, input)),
  loadLegacyTeams: notImplemented('Mutation.loadLegacyTeams'),
  startLegacyMove: notImplemented('Mutation.startLegacyMove'),
};
