import { conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import { checkChange, type ContactChangeInput } from '../domain/contactChange.ts';
import type { ContactWritten } from './createContact.ts';
import { judgedWrite, oldVersion } from './judgedWrite.ts';
import { planUpdate, type TeamsOf } from './planUpdate.ts';
import { authoriseWriter } from './writer.ts';

export type UpdateContactInput = ContactChangeInput & Readonly<{ id: string; companySsoId?: string | null; expectedVersion?: number | null }>;

/**
 * Changes a contact in scope of `manage` (SPEC §3.1, §3.2; TEAM-S04, S05, S10, S11, S18). Nothing is written unless all that is needed
 * was looked up and holds for the contact as it is when it is written.
 */
export const updateContact = async (context: Context, input: UpdateContactInput): Promise<ContactWritten | Refusal> => {
  const writer = await authoriseWriter(context, input.companySsoId);
  if (isRefused(writer)) return writer;
  const { visibility } = writer;
  const contact = await context.contactIn(visibility, 'customers_customers_manage', input.id);
  if (isRefused(contact)) return contact;
  const change = checkChange(input, context.phoneRegion);
  if (isRefused(change)) return change;
  const teamsOf = askedOnce((userId) => context.teams.userTeams(visibility.companyId, userId));
  return judgedWrite({
    read: contact,
    readAgain: () => context.contactIn(visibility, 'customers_customers_manage', input.id),
    attempt: async (current) => {
      if (oldVersion(input.expectedVersion, current)) return conflict(`input.expectedVersion is ${String(input.expectedVersion)}; contact ${current.id} has version ${String(current.version)} by now.`);
      const plan = await planUpdate(context, writer, teamsOf, current, change);
      if (plan === null) return { contactId: current.id };
      if (isRefused(plan)) return plan;
      const written = await context.contacts.update(visibility, current, plan.patch, context.waitMs());
      if (written !== 'written') return written;
      for (const event of plan.events) context.record(event);
      context.wakeJobs();
      return { contactId: current.id };
    },
  });
};

/** Judged again after a change in between, an update does not ask teams again. */
const askedOnce = (ask: TeamsOf): TeamsOf => {
  const asked = new Map<string, ReturnType<TeamsOf>>();
  return (userId) => {
    const answer = asked.get(userId) ?? ask(userId);
    asked.set(userId, answer);
    return answer;
  };
};
