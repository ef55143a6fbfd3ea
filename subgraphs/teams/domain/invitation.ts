import { migrationEnabled, type Role, roles } from '../../shared/access/permissions.ts';
import { badInput, forbidden, isRefused, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Access } from '../../shared/viewer.ts';
import { givenEmail, givenText, optionalText } from './given.ts';
import { isAdmin } from './rights.ts';

/** An invitation as it came. */
export type GivenInvitation = Readonly<{
  email: string;
  fullName: string;
  phone: string | null;
  nik: string | null;
  /** A role name. */
  roleId: string;
  staffLevel: string | null;
  teamIds: readonly string[];
}>;

/** An invitation that can be kept. */
export type Invitation = Omit<GivenInvitation, 'roleId'> & Readonly<{ role: Role }>;

const maxTeams = 1_000;

/** Whether someone may invite, set roles and levels, and deactivate (SPEC §1, Roles). */
export const mayAdminister = (access: Pick<Access, 'role'>): Refusal | null => (isAdmin(access) ? null : forbidden('This needs the role OWNER or ADMIN.'));

/** Only an OWNER makes or unmakes an OWNER; SPEC is silent here, so the narrower holds. */
export const mayTouchOwner = ({ role }: Pick<Access, 'role'>, ...touched: readonly Role[]): Refusal | null =>
  role === 'OWNER' || !touched.includes('OWNER') ? null : forbidden('Only an OWNER may make, change or deactivate an OWNER.');

/** Checks an invitation but for what the company's rows say; the same team twice counts once (OTM-S01). */
export const checkInvitation = (given: GivenInvitation): Invitation | Refusal => {
  const role = roles.find((known) => known === given.roleId);
  if (role === undefined) return badInput('input.roleId', `input.roleId is ${excerpt(given.roleId)}; it must be one of ${roles.join(', ')}.`);
  const email = givenEmail('input.email', given.email);
  if (isRefused(email)) return email;
  const fullName = givenText('input.fullName', given.fullName);
  if (isRefused(fullName)) return fullName;
  const phone = optionalText('input.phone', given.phone);
  if (isRefused(phone)) return phone;
  const nik = optionalText('input.nik', given.nik);
  if (isRefused(nik)) return nik;
  const staffLevel = optionalText('input.staffLevel', given.staffLevel);
  if (isRefused(staffLevel)) return staffLevel;
  const teamIds = [...new Set(given.teamIds)].sort();
  if (teamIds.length > maxTeams) return badInput('input.teamIds', `input.teamIds names ${String(teamIds.length)} teams; at most ${String(maxTeams)} are allowed.`);
  return teamIds.every(isUuid) ? { email, fullName, phone, nik, staffLevel, role, teamIds } : noSuchTeam();
};

/** Whether an invitation lacks the team that it needs: at least one while both flags are on (OTM-S01). */
export const lacksTeam = ({ flags }: Pick<Access, 'flags'>, { teamIds }: Pick<Invitation, 'teamIds'>): boolean => migrationEnabled(flags) && teamIds.length === 0;

/** OTM-S01, ERR-1. */
export const teamNeeded = (): Refusal => {
  const messages = { en: 'Please select a team to continue', id: 'Silakan pilih tim untuk melanjutkan' };
  return badInput('input.teamIds', messages.en, messages);
};

/** One answer for a foreign team, an unknown one and one that is not shown: nothing tells which. */
export const noSuchTeam = (): Refusal => badInput('input.teamIds', 'Invalid request', { en: 'Invalid request', id: 'Permintaan tidak valid' });
