import type { Role } from '../../shared/access/permissions.ts';
import { conflict, isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { mayAdminister, mayTouchOwner } from '../domain/invitation.ts';
import { findUsers, type UserRow } from '../store/people.ts';
import { changeUser, countOtherOwners } from '../store/peopleWrites.ts';
import { accessChanged } from './accessChanged.ts';
import type { CommandDeps } from './commandDeps.ts';
import { type Audited, type Change, inCompany } from './inCompany.ts';

/** Gives a person another role. What leaves the company without an active OWNER is CONFLICT, and so is a person who is not active (SPEC §2.5). */
export const setUserRole = (deps: CommandDeps, viewer: Viewer, { userId, role }: Readonly<{ userId: string; role: Role }>): Promise<UserRow | Refusal> =>
  inCompany(deps, viewer, mayAdminister, async (change) => {
    const person = await findPerson(change, userId);
    if (isRefused(person)) return person;
    const refusal = mayTouchOwner(change.access, person.role, role);
    if (refusal !== null) return refusal;
    if (!person.isActive) return conflict(`input.userId is ${excerpt(userId)}, who is not active; an invitation of their email makes them active and gives the role.`);
    return changeTo(change, person, { role }, { kind: 'ROLE', subjectId: userId, before: { role: person.role }, after: { role } });
  });

/**
 * Signs a person out for good: their tokens are refused from then on. Memberships and contacts stay. What leaves the company without an active
 * OWNER is CONFLICT (SPEC §2.5).
 */
export const deactivateUser = (deps: CommandDeps, viewer: Viewer, { userId }: Readonly<{ userId: string }>): Promise<UserRow | Refusal> =>
  inCompany(deps, viewer, mayAdminister, async (change) => {
    const person = await findPerson(change, userId);
    if (isRefused(person)) return person;
    const refusal = mayTouchOwner(change.access, person.role);
    if (refusal !== null) return refusal;
    return changeTo(change, person, { isActive: false }, { kind: 'PERSON', subjectId: userId, before: { isActive: true }, after: { isActive: false } });
  });

/** A person of the company; one of another and an id that is none are alike. */
export const findPerson = async ({ tx, companyId }: Change, userId: string): Promise<UserRow | Refusal> => {
  const [person] = isUuid(userId) ? await findUsers(tx, { kind: 'company', companyId }, [userId]) : [];
  return person ?? notFound(`input.userId is ${excerpt(userId)}, which is no person of this company.`);
};

const changeTo = async (change: Change, person: UserRow, to: Partial<Pick<UserRow, 'role' | 'isActive'>>, audited: Audited): Promise<UserRow | Refusal> => {
  const after = { ...person, ...to };
  if (after.role === person.role && after.isActive === person.isActive) return person;
  const reach = { kind: 'company', companyId: change.companyId } as const;
  const wasOwner = person.isActive && person.role === 'OWNER';
  if (wasOwner && (await countOtherOwners(change.tx, reach, person.id)) === 0) {
    return conflict(`input.userId is ${excerpt(person.id)}, the last active OWNER; a company keeps at least one. Make another person OWNER first.`);
  }
  await changeUser(change.tx, reach, person.id, to, change.now);
  await change.tell([accessChanged(change, { userId: person.id, isActive: after.isActive })], [audited]);
  return after;
};
