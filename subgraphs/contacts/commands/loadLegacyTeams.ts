import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import { checkLegacyInput, type LegacyInput } from '../domain/legacyInput.ts';
import { knownCompany } from '../queries/knownCompany.ts';

/** How many are loaded for the company by now. */
export type LegacyLoaded = Readonly<{ rows: number; teams: number }>;

/** Loads legacy rows and names for a later move (SPEC §3.4); nothing unless all of them are good. The same row replaces itself. */
export const loadLegacyTeams = async (context: Context, input: LegacyInput): Promise<LegacyLoaded | Refusal> => {
  const data = checkLegacyInput(input);
  if (isRefused(data)) return data;
  const companyId = await knownCompany(context, data.companyId, 'input.companySsoId');
  if (isRefused(companyId)) return companyId;
  const { rows } = context.legacy;
  await rows.load(data, context.waitMs());
  return { rows: await rows.countRows(companyId, context.waitMs()), teams: await rows.countNames(companyId, context.waitMs()) };
};
