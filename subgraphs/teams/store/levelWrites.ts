import type { Level, PermissionAction, Role } from '../../shared/access/permissions.ts';
import type { Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** Whose level: a role's in the company, or one person's. */
export type LevelHolder = Readonly<{ role: Role }> | Readonly<{ userId: string }>;

/** Sets the level of a role or a person for an action, null takes it back to the default; answers what was set before. */
export const writeLevel = async (
  tx: Transaction,
  { companyId }: CompanyReach,
  holder: LevelHolder,
  action: PermissionAction,
  level: Level | null,
): Promise<string | null> => {
  if ('role' in holder) {
    const key = { companyId, role: holder.role, action };
    const before = await tx.roleLevel.findUnique({ where: { companyId_role_action: key } });
    if (level === null) await tx.roleLevel.deleteMany({ where: key });
    else await tx.roleLevel.upsert({ where: { companyId_role_action: key }, create: { ...key, level }, update: { level } });
    return before?.level ?? null;
  }
  const { userId } = holder;
  const before = await tx.userLevel.findUnique({ where: { userId_action: { userId, action } } });
  if (level === null) await tx.userLevel.deleteMany({ where: { userId, action, companyId } });
  else await tx.userLevel.upsert({ where: { userId_action: { userId, action } }, create: { companyId, userId, action, level }, update: { level } });
  return before?.level ?? null;
};
