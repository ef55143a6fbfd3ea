import { serviceVisibility } from '../../shared/access/scope.ts';
import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import { type Counted, coverageOf } from '../domain/legacyMove.ts';
import type { LegacyMoveStore } from '../store/legacyMoves.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import { knownCompany } from './knownCompany.ts';

export type TeamOwnerCoverage = Counted & Readonly<{ coverage: number }>;

/** Coverage as it is now (SPEC §3.4); NOT_FOUND for a company that teams does not know. */
export const teamOwnerCoverage = async (context: Context, companySsoId: string): Promise<TeamOwnerCoverage | Refusal> => {
  const companyId = await knownCompany(context, companySsoId, 'companySsoId');
  if (isRefused(companyId)) return companyId;
  const counted = await context.legacy.contacts.coverage(serviceVisibility(companyId), context.waitMs());
  const none = await toldNoLegacyRows(context.legacy, [companyId], context.waitMs());
  return { ...counted, coverage: coverageOf(counted, none.has(companyId)) };
};

/** Companies that a move was told to have no legacy rows, and that still have none. Rows that are not loaded yet are not "none". */
export const toldNoLegacyRows = async (
  { moves, rows }: Readonly<{ moves: LegacyMoveStore; rows: LegacyRowStore }>,
  companyIds: readonly string[],
  waitMs: number,
): Promise<ReadonlySet<string>> => {
  const told = await moves.toldNone(companyIds, waitMs);
  const loaded = await Promise.all([...told].map(async (companyId) => [companyId, await rows.countRows(companyId, waitMs)] as const));
  return new Set(loaded.filter(([, count]) => count === 0).map(([companyId]) => companyId));
};
