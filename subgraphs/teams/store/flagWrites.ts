import type { Flag } from '../../shared/access/permissions.ts';
import type { Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** Sets a company's own value of a flag, null takes it back to the global default; answers what was set before. */
export const writeFlag = async (tx: Transaction, { companyId }: CompanyReach, flag: Flag, value: boolean | null): Promise<boolean | null> => {
  const key = { companyId, flag };
  const before = await tx.companyFlag.findUnique({ where: { companyId_flag: key } });
  if (value === null) await tx.companyFlag.deleteMany({ where: key });
  else await tx.companyFlag.upsert({ where: { companyId_flag: key }, create: { ...key, value }, update: { value } });
  return before?.value ?? null;
};

/** The same of a global default; others who write one wait until the transaction ends. */
export const writeFlagDefault = async (tx: Transaction, flag: Flag, value: boolean | null): Promise<boolean | null> => {
  await tx.$executeRaw`LOCK TABLE flag_defaults IN SHARE ROW EXCLUSIVE MODE`;
  const before = await tx.flagDefault.findUnique({ where: { flag } });
  if (value === null) await tx.flagDefault.deleteMany({ where: { flag } });
  else await tx.flagDefault.upsert({ where: { flag }, create: { flag, value }, update: { value } });
  return before?.value ?? null;
};

/** Companies that have no value of their own for a flag, so that the global default counts for them. */
export const findFollowers = async (tx: Transaction, flag: Flag): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM companies c WHERE NOT EXISTS (SELECT FROM company_flags f WHERE f.company_id = c.id AND f.flag = ${flag}) ORDER BY c.id`;
  return rows.map(({ id }) => id);
};
