import type { Collection, Db } from 'mongodb';
import type { CoverageJobDocument, LegacyMoveDocument, LegacyRowDocument, LegacyTeamDocument } from './legacyDocuments.ts';

/** Collections of the move of old contacts and of the coverage report. */
export type LegacyCollections = Readonly<{
  rows: Collection<LegacyRowDocument>;
  names: Collection<LegacyTeamDocument>;
  moves: Collection<LegacyMoveDocument>;
  coverage: Collection<CoverageJobDocument>;
}>;

export const legacyCollections = (db: Db): LegacyCollections => ({
  rows: db.collection('legacy_rows'),
  names: db.collection('legacy_teams'),
  moves: db.collection('legacy_moves'),
  coverage: db.collection('coverage_job'),
});
