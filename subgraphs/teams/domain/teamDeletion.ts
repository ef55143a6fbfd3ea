import { badInput, Refusal } from '../../shared/errors.ts';

/** What is said about the contacts of a team that is deleted. */
export type Outcome = Readonly<{ reassignContactsTo: string | null; confirmUnassigned: boolean }>;

type Doomed = Readonly<{ id: string; parentId: string | null; isDefault: boolean }>;

/**
 * What takes a deleted team's place on contacts: its parent, or for a root what is stated, a team or null for Unassigned.
 * The default team is never deleted (SPEC §2.1). Whether the stated team is one of the company is not looked at here.
 */
export const contactsToAfter = (team: Doomed, { reassignContactsTo, confirmUnassigned }: Outcome): Readonly<{ contactsTo: string | null }> | Refusal => {
  if (team.isDefault) {
    return new Refusal('UNPROCESSABLE', `Team ${team.id} is the default team of the company; it can be renamed, not deleted.`, { field: 'input.id', ids: [team.id] });
  }
  if (team.parentId !== null) {
    if (reassignContactsTo !== null) return notARoot('input.reassignContactsTo', team);
    return confirmUnassigned ? notARoot('input.confirmUnassigned', team) : { contactsTo: team.parentId };
  }
  if (reassignContactsTo === null) {
    return confirmUnassigned
      ? { contactsTo: null }
      : badInput('input.reassignContactsTo', `Team ${team.id} is a root: send input.reassignContactsTo, the team that takes its place on contacts, or input.confirmUnassigned: true.`);
  }
  if (confirmUnassigned) {
    return badInput('input.confirmUnassigned', 'input.reassignContactsTo and input.confirmUnassigned are both given; it must be one of them.');
  }
  return reassignContactsTo === team.id
    ? badInput('input.reassignContactsTo', `input.reassignContactsTo is ${team.id}, the team that is to be deleted; it must be another.`)
    : { contactsTo: reassignContactsTo };
};

const notARoot = (field: string, { id, parentId }: Doomed): Refusal =>
  badInput(field, `${field} is for a root; team ${id} has the parent ${parentId ?? ''}, which takes its place on contacts.`);
