import type { Role } from '../../shared/access/permissions.ts';
import type { Transaction } from './database.ts';
import { userColumns, type UserRow } from './people.ts';
import type { CompanyReach } from './teams.ts';

/** What an invitation, or the making of a company, says of a person. */
export type PersonData = Pick<UserRow, 'fullName' | 'nameKey' | 'phone' | 'nik' | 'staffLevel' | 'role'>;

/** Stores a person, active; false when the id is somebody's already, or the email somebody's of the company. */
export const insertUser = async (tx: Transaction, { companyId }: CompanyReach, user: PersonData & Pick<UserRow, 'id' | 'email'>, now: Date): Promise<boolean> => {
  const { id, email, fullName, nameKey, phone, nik, staffLevel, role } = user;
  const stored = await tx.$executeRaw`
    INSERT INTO users (id, company_id, email, full_name, name_key, phone, nik, staff_level, role, created_at, updated_at)
    VALUES (${id}::uuid, ${companyId}::uuid, ${email}, ${fullName}, ${nameKey}, ${phone}, ${nik}, ${staffLevel}, ${role}, ${now}, ${now})
    ON CONFLICT DO NOTHING`;
  return stored === 1;
};

/** The person of a company who has an email; null when nobody does. Lower case. */
export const findUserByEmail = async (tx: Transaction, { companyId }: CompanyReach, email: string): Promise<UserRow | null> => {
  const [user] = await tx.$queryRaw<UserRow[]>`SELECT ${userColumns} FROM users u WHERE u.company_id = ${companyId}::uuid AND u.email = ${email}`;
  return user ?? null;
};

/** Changes a person of a company; what is left out stays. */
export const changeUser = async (
  tx: Transaction,
  { companyId }: CompanyReach,
  userId: string,
  change: Partial<PersonData & Pick<UserRow, 'isActive'>>,
  now: Date,
): Promise<void> => {
  await tx.user.updateMany({ where: { id: userId, companyId }, data: { ...change, updatedAt: now } });
};

/** How many active OWNERs a company has besides a person. Only while the company's row is held does it stay true. */
export const countOtherOwners = (tx: Transaction, { companyId }: CompanyReach, userId: string): Promise<number> =>
  tx.user.count({ where: { companyId, role: 'OWNER' satisfies Role, isActive: true, id: { not: userId } } });

/** Makes exactly these teams of the company a person's own; answers what that added and removed, by id. */
export const replaceMemberships = async (
  tx: Transaction,
  { companyId }: CompanyReach,
  userId: string,
  teamIds: readonly string[],
  now: Date,
): Promise<Readonly<{ added: readonly string[]; removed: readonly string[] }>> => {
  const removed = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM team_users WHERE user_id = ${userId}::uuid AND company_id = ${companyId}::uuid AND team_id <> ALL(${[...teamIds]}::uuid[]) RETURNING team_id AS id`;
  const added = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO team_users (team_id, user_id, company_id, created_at)
    SELECT id, ${userId}::uuid, ${companyId}::uuid, ${now} FROM unnest(${[...teamIds]}::uuid[]) AS t(id) ON CONFLICT DO NOTHING RETURNING team_id AS id`;
  return { added: added.map(({ id }) => id).sort(), removed: removed.map(({ id }) => id).sort() };
};

/** Stores an invitation (OTM-S01); its source is the system's, always Launchpad. */
export const insertInvitation = async (
  tx: Transaction,
  { companyId }: CompanyReach,
  invitation: Readonly<{ id: string; userId: string; invitedBy: string; teamCount: number; createdAt: Date }>,
): Promise<void> => {
  await tx.invitation.create({ data: { ...invitation, companyId } });
};
