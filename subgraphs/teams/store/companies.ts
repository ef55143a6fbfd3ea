import type { Flag, Level, PermissionAction, Role } from '../../shared/access/permissions.ts';
import type { Plan } from '../domain/newCompany.ts';
import type { Reader, Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** A company as stored. */
export type CompanyRow = Readonly<{ id: string; name: string; plan: Plan; isActive: boolean; treeVersion: number }>;

/** One company, or null. */
export const findCompany = async (reader: Reader, { companyId }: CompanyReach): Promise<CompanyRow | null> => {
  const [company] = await reader.$queryRaw<CompanyRow[]>`
    SELECT c.id, c.name, c.plan, c.is_active AS "isActive", c.tree_version AS "treeVersion" FROM companies c WHERE c.id = ${companyId}::uuid`;
  return company ?? null;
};

/** The values set for a flag; null where none is. */
export type FlagRow = Readonly<{ flag: Flag; companyValue: boolean | null; globalDefault: boolean | null }>;

/** The values of all flags that have one: global defaults, and for a company its own. */
export const findFlags = (reader: Reader, company: CompanyReach | null): Promise<FlagRow[]> => {
  const companyId = company?.companyId ?? null;
  return reader.$queryRaw<FlagRow[]>`
    SELECT coalesce(d.flag, f.flag) AS flag, f.value AS "companyValue", d.value AS "globalDefault"
    FROM flag_defaults d FULL JOIN (SELECT flag, value FROM company_flags WHERE company_id = ${companyId}::uuid) f ON f.flag = d.flag`;
};

/** A level that the company set for a role. */
export type RoleLevelRow = Readonly<{ role: Role; action: PermissionAction; level: Level }>;

/** The levels that a company set for its roles. */
export const findRoleLevels = (reader: Reader, { companyId }: CompanyReach): Promise<RoleLevelRow[]> =>
  reader.$queryRaw<RoleLevelRow[]>`SELECT role, action, level FROM role_levels WHERE company_id = ${companyId}::uuid`;

/** Holds a company's row until the transaction ends: changes of one company follow one another. False when there is none. */
export const lockCompany = async (tx: Transaction, { companyId }: CompanyReach): Promise<boolean> => {
  const rows = await tx.$queryRaw<unknown[]>`SELECT c.id FROM companies c WHERE c.id = ${companyId}::uuid FOR UPDATE`;
  return rows.length === 1;
};

/** Raises a company's tree version, as each move and each deletion does; answers what it is now. */
export const raiseTreeVersion = async (tx: Transaction, { companyId }: CompanyReach): Promise<number> => {
  const [row] = await tx.$queryRaw<{ treeVersion: number }[]>`
    UPDATE companies c SET tree_version = c.tree_version + 1 WHERE c.id = ${companyId}::uuid RETURNING c.tree_version AS "treeVersion"`;
  if (row === undefined) throw new Error(`company ${companyId} is gone while it was held`);
  return row.treeVersion;
};
