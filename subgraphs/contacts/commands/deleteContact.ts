import { conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import { auditEntry } from './auditEntry.ts';
import type { ContactWritten } from './createContact.ts';
import { judgedWrite, oldVersion } from './judgedWrite.ts';

export type DeleteContactInput = Readonly<{ id: string; expectedVersion?: number | null }>;

const action = 'customers_customers_delete';

/** Deletes a contact in scope of `delete`, softly (SPEC §3.1, §3.5; TEAM-S06, S07). */
export const deleteContact = async (context: Context, { id, expectedVersion }: DeleteContactInput): Promise<ContactWritten | Refusal> => {
  const person = context.person();
  if (isRefused(person)) return person;
  const visibility = await context.visibilityFor(action);
  if (isRefused(visibility)) return visibility;
  const contact = await context.contactIn(visibility, action, id);
  if (isRefused(contact)) return contact;
  return judgedWrite({
    read: contact,
    readAgain: () => context.contactIn(visibility, action, id),
    attempt: async (current) => {
      if (oldVersion(expectedVersion, current)) return conflict(`input.expectedVersion is ${String(expectedVersion)}; contact ${current.id} has version ${String(current.version)} by now.`);
      const entry = auditEntry(context, person, { companyId: current.companyId, kind: 'DELETION', subjectId: current.id, before: { contactId: current.id }, after: null });
      const written = await context.contacts.delete(visibility, current, [entry], context.waitMs());
      if (written !== 'written') return written;
      context.wakeJobs();
      return { contactId: current.id };
    },
  });
};
