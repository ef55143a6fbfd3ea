import { notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import { coverageOf } from '../domain/legacyMove.ts';
import type { LegacyMoveDocument, LegacyMoveStatus } from '../store/legacyDocuments.ts';

/** A move of old contacts, as it is now. */
export type LegacyMoveRecord = Readonly<{
  id: string;
  companySsoId: string;
  status: LegacyMoveStatus;
  dryRun: boolean;
  total: number;
  processed: number;
  createdAt: Date;
  finishedAt: Date | null;
  report: LegacyMoveReportRecord;
}>;

export type LegacyTeamCountRecord = Readonly<{ legacyTeamId: string; name: string | null; contacts: number }>;

/** What came out; contacts, covered and coverage are 0 until the move is done and has counted them. */
export type LegacyMoveReportRecord = Readonly<{
  contacts: number;
  covered: number;
  coverage: number;
  unassigned: number;
  leftAlone: number;
  unmatchedTeams: readonly LegacyTeamCountRecord[];
  ambiguousTeams: readonly LegacyTeamCountRecord[];
}>;

/** NOT_FOUND for an unknown id. */
export const findLegacyMove = async (context: Context, id: string): Promise<LegacyMoveRecord | Refusal> => {
  const move = isUuid(id) ? await context.legacy.moves.find(id, context.waitMs()) : null;
  return move === null ? notFound(`There is no move ${excerpt(id)}.`) : readMove(context, move);
};

/** A move with its report. */
export const readMove = async ({ legacy, waitMs }: Context, move: LegacyMoveDocument): Promise<LegacyMoveRecord> => {
  const { contacts, covered } = move.counted ?? { contacts: 0, covered: 0 };
  const listed = [...move.unmatched, ...move.ambiguous].map(({ legacy_team_id }) => legacy_team_id);
  const names = await legacy.rows.namesOf(move.company_sso_id, listed, waitMs());
  const counts = (list: LegacyMoveDocument['unmatched']) =>
    list
      .map(({ legacy_team_id: legacyTeamId, contacts: named }) => ({ legacyTeamId, name: names.get(legacyTeamId) ?? null, contacts: named }))
      .sort((a, b) => b.contacts - a.contacts || (a.legacyTeamId < b.legacyTeamId ? -1 : 1));
  return {
    id: move._id,
    companySsoId: move.company_sso_id,
    status: move.status,
    dryRun: move.dry_run,
    total: Math.max(move.total, move.processed),
    processed: move.processed,
    createdAt: move.created_at,
    finishedAt: move.finished_at,
    report: {
      contacts,
      covered,
      coverage: move.counted === null ? 0 : coverageOf(move.counted, move.no_legacy_rows),
      unassigned: contacts - covered,
      leftAlone: move.left_alone,
      unmatchedTeams: counts(move.unmatched),
      ambiguousTeams: counts(move.ambiguous),
    },
  };
};
