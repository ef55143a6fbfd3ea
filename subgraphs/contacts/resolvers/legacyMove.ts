import { orThrow } from '../../shared/edge.ts';
import { loadLegacyTeams } from '../commands/loadLegacyTeams.ts';
import { startLegacyMove } from '../commands/startLegacyMove.ts';
import type { LegacyMoveReportResolvers, LegacyMoveResolvers, MutationResolvers, QueryResolvers } from '../generated/schema.ts';
import { findLegacyMove } from '../queries/legacyMove.ts';
import { teamOwnerCoverage } from '../queries/teamOwnerCoverage.ts';

/** Root fields of the move of old contacts. */
export const legacyMoveMutations: Required<Pick<MutationResolvers, 'loadLegacyTeams' | 'startLegacyMove'>> = {
  loadLegacyTeams: async (_, { input }, context) => orThrow(await loadLegacyTeams(context, input)),
  startLegacyMove: async (_, { input }, context) => orThrow(await startLegacyMove(context, input)),
};

export const legacyMoveQueries: Required<Pick<QueryResolvers, 'legacyMove' | 'teamOwnerCoverage'>> = {
  legacyMove: async (_, { id }, context) => orThrow(await findLegacyMove(context, id)),
  teamOwnerCoverage: async (_, { companySsoId }, context) => orThrow(await teamOwnerCoverage(context, companySsoId)),
};

export const LegacyMove: LegacyMoveResolvers = {
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  finishedAt: ({ finishedAt }) => finishedAt?.toISOString() ?? null,
};

export const LegacyMoveReport: LegacyMoveReportResolvers = {
  unmatchedTeams: ({ unmatchedTeams }) => [...unmatchedTeams],
  ambiguousTeams: ({ ambiguousTeams }) => [...ambiguousTeams],
};
