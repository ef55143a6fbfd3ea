import { isRefused, forbidden, Refusal } from '../../shared/errors.ts';
import { hasScope } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';
import { knownCompany } from '../queries/knownCompany.ts';
import { type LegacyMoveRecord, readMove } from '../queries/legacyMove.ts';

export type StartMoveInput = Readonly<{ companySsoId: string; dryRun?: boolean; noLegacyRows?: boolean }>;

/** The move that was started. */
export type LegacyMoveStarted = Readonly<{ move: LegacyMoveRecord }>;

/**
 * Starts a move in the background (SPEC §3.4). While one of the company runs, the same start answers with that one, so that it may be
 * repeated, and another one is CONFLICT; so is `noLegacyRows` when rows were loaded.
 */
export const startLegacyMove = async (context: Context, { companySsoId, dryRun = true, noLegacyRows = false }: StartMoveInput): Promise<LegacyMoveStarted | Refusal> => {
  const { viewer, legacy, waitMs } = context;
  if (viewer?.kind !== 'service' || !hasScope(viewer, 'contacts:migrate')) return forbidden('This needs a service token with scope contacts:migrate.');
  const companyId = await knownCompany(context, companySsoId, 'input.companySsoId');
  if (isRefused(companyId)) return companyId;
  const total = await legacy.rows.countRows(companyId, waitMs());
  if (noLegacyRows && total > 0) {
    const message = `input.noLegacyRows is true, but ${String(total)} rows were loaded for this company; it must be false then.`;
    return new Refusal('CONFLICT', message, { field: 'input.noLegacyRows' });
  }
  const move = await legacy.moves.start({ id: legacy.newId(), companyId, dryRun, noLegacyRows, startedBy: viewer.id, total }, waitMs());
  legacy.wake();
  if (move.dry_run !== dryRun || move.no_legacy_rows !== noLegacyRows) {
    return new Refusal('CONFLICT', `Move ${move._id} of this company is not done yet; another one may be started after it.`, { ids: [move._id] });
  }
  return { move: await readMove(context, move) };
};
