import { type Flag, flags } from '../../shared/access/permissions.ts';
import { notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import { effectiveFlag } from '../domain/levels.ts';
import { findCompany, findFlags } from '../store/companies.ts';
import type { Reader } from '../store/database.ts';

/** A flag with where its value comes from. */
export type StateOfFlag = Readonly<{ flag: Flag; value: boolean; companyValue: boolean | null; globalDefault: boolean | null }>;

/** All flags of a company, or the global defaults when none is named; NOT_FOUND for one that is no company of ours. */
export const flagStates = async (reader: Reader, companyId: string | null): Promise<readonly StateOfFlag[] | Refusal> => {
  if (companyId !== null && !(await isKnown(reader, companyId))) return notFound(`companySsoId is ${excerpt(companyId)}, which is no company of ours.`);
  const rows = new Map((await findFlags(reader, companyId === null ? null : { kind: 'company', companyId })).map((row) => [row.flag, row]));
  return flags.map((flag) => {
    const { companyValue = null, globalDefault = null } = rows.get(flag) ?? {};
    return { flag, value: effectiveFlag(flag, companyValue, globalDefault), companyValue, globalDefault };
  });
};

const isKnown = async (reader: Reader, companyId: string): Promise<boolean> =>
  isUuid(companyId) && (await findCompany(reader, { kind: 'company', companyId })) !== null;
