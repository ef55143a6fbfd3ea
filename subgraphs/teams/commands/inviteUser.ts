import { migrationEnabled } from '../../shared/access/permissions.ts';
import { isRefused, Refusal } from '../../shared/errors.ts';
import { excerpt, nameKey } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { checkInvitation, type GivenInvitation, type Invitation, lacksTeam, mayAdminister, mayTouchOwner, noSuchTeam, teamNeeded } from '../domain/invitation.ts';
import type { NewEvent } from '../events/catalog.ts';
import { raiseVersions, type TeamWithMembers } from '../store/changedTeams.ts';
import { findUsers, type UserRow } from '../store/people.ts';
import { changeUser, findUserByEmail, insertInvitation, insertUser, type PersonData, replaceMemberships } from '../store/peopleWrites.ts';
import { findTeams, findTeamsOfUsers, type TeamRow } from '../store/teams.ts';
import { accessChanged } from './accessChanged.ts';
import type { CommandDeps } from './commandDeps.ts';
import { type Audited, type Change, inCompany } from './inCompany.ts';
import { keyRefusal, onlyOnce } from './onlyOnce.ts';

/** The invited person, and their teams by name. */
export type Invited = Readonly<{ user: UserRow; role: UserRow['role']; teams: readonly TeamRow[] }>;

/**
 * Invites a person into teams, in one transaction (OTM-S01). The email of an active person is CONFLICT; that of one who was deactivated makes
 * the same person active again, with the invitation's name, role and teams.
 */
export const inviteUser = async (
  deps: CommandDeps,
  viewer: Viewer,
  { idempotencyKey: key, ...given }: GivenInvitation & Readonly<{ idempotencyKey: string | null }>,
): Promise<Invited | Refusal> => {
  const needsTeam = teamNeeded();
  let invitedTo: readonly string[] = [];
  const result = await inCompany(deps, viewer, mayAdminister, async (change): Promise<Invited | Refusal> => {
    const invitation = checkInvitation(given);
    if (isRefused(invitation)) return invitation;
    const refusal = keyRefusal(key) ?? mayTouchOwner(change.access, invitation.role);
    if (refusal !== null) return refusal;
    const earlier = await findUserByEmail(change.tx, reachOf(change), invitation.email);
    const userId = earlier?.id ?? change.newId();
    const once = await onlyOnce(change.tx, { viewer, operation: 'inviteUser', key, payload: invitation, resultId: userId }, change);
    if (isRefused(once)) return once;
    if (once !== 'new') return invited(change, once.earlierId);
    if (lacksTeam(change.access, invitation)) return needsTeam;
    if (!(await areShown(change, invitation.teamIds))) return noSuchTeam();
    if (earlier?.isActive === true) return emailTaken(given.email);
    const ownerRefusal = earlier === null ? null : mayTouchOwner(change.access, earlier.role);
    if (ownerRefusal !== null) return ownerRefusal;
    invitedTo = invitation.teamIds;
    return invite(change, invitation, userId, earlier);
  });
  if (viewer.kind === 'service') return result;
  const { companyId: cid, userId: admin_id } = viewer;
  if (result === needsTeam) deps.record({ event: 'invitation_rejected_no_team', cid, admin_id });
  if (!isRefused(result)) for (const team_id of invitedTo) deps.record({ event: 'user_invited_with_team', cid, team_id, source_identifier: 'Launchpad' });
  return result;
};

const reachOf = ({ companyId }: Change) => ({ kind: 'company', companyId }) as const;

/** Whether all of some teams are the company's and shown to the inviter: migrated ones only while both flags are on. */
const areShown = async (change: Change, teamIds: readonly string[]): Promise<boolean> => {
  if (teamIds.length === 0) return true;
  const all = migrationEnabled(change.access.flags);
  const teams = await findTeams(change.tx, reachOf(change), teamIds);
  return teams.length === teamIds.length && teams.every(({ source }) => all || source === 'Launchpad');
};

const invite = async (change: Change, invitation: Invitation, userId: string, earlier: UserRow | null): Promise<Invited> => {
  const { tx, access, now, newId } = change;
  const { email, fullName, phone, nik, staffLevel, role, teamIds } = invitation;
  const person: PersonData = { fullName, nameKey: nameKey(fullName), phone, nik, staffLevel, role };
  if (earlier === null) {
    const isStored = await insertUser(tx, reachOf(change), { ...person, id: userId, email }, now);
    if (!isStored) throw new Error('the email of an invitation was taken while its company was held');
  } else {
    await changeUser(tx, reachOf(change), userId, { ...person, isActive: true }, now);
  }
  const { added, removed } = await replaceMemberships(tx, reachOf(change), userId, teamIds, now);
  await insertInvitation(tx, reachOf(change), { id: newId(), userId, invitedBy: access.userId, teamCount: teamIds.length, createdAt: now });
  const changed = await raiseVersions(tx, reachOf(change), [...added, ...removed], now);
  await change.tell(
    [...changed.map((team) => membersChanged(change, team, userId, added.includes(team.id))), accessChanged(change, { userId, isActive: true })],
    auditOf(userId, role, earlier, added, removed),
  );
  return invited(change, userId);
};

const membersChanged = ({ companyId, access, now, newId }: Change, { id, name, parentId, members }: TeamWithMembers, userId: string, isAdded: boolean): NewEvent => ({
  eventId: newId(),
  type: 'TEAM_MEMBERS_CHANGED',
  companyId,
  aggregateId: id,
  occurredAt: now,
  payload: {
    team_name: name,
    company_sso_id: companyId,
    members,
    created_by_sso_id: access.userId,
    parent_id: parentId,
    tree_version: access.treeVersion,
    added_user_ids: isAdded ? [userId] : [],
    removed_user_ids: isAdded ? [] : [userId],
  },
});

const auditOf = (userId: string, role: string, earlier: UserRow | null, added: readonly string[], removed: readonly string[]): readonly Audited[] => [
  { kind: 'PERSON', subjectId: userId, before: earlier === null ? null : { role: earlier.role, isActive: false }, after: { role, isActive: true } },
  ...added.map((teamId): Audited => ({ kind: 'MEMBERSHIP', subjectId: userId, before: null, after: { teamId } })),
  ...removed.map((teamId): Audited => ({ kind: 'MEMBERSHIP', subjectId: userId, before: { teamId }, after: null })),
];

/** A person of the company as they are now: what an earlier call with the same key answers with too. */
const invited = async (change: Change, userId: string): Promise<Invited> => {
  const [user] = await findUsers(change.tx, reachOf(change), [userId]);
  if (user === undefined) throw new Error('an invited person is gone');
  return { user, role: user.role, teams: await findTeamsOfUsers(change.tx, reachOf(change), [userId]) };
};

const emailTaken = (email: string): Refusal =>
  new Refusal('CONFLICT', `input.email is ${excerpt(email)}, which is the email of an active person of this company.`, {
    field: 'input.email',
    messages: { en: 'This email is already in use in your company', id: 'Email ini sudah digunakan di perusahaan Anda' },
  });
