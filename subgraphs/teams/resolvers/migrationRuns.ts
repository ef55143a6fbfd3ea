import { orThrow } from '../../shared/edge.ts';
import { triggerTeamMigration } from '../commands/triggerTeamMigration.ts';
import type {
  CompanyMigrationResolvers,
  MigrationProgressResolvers,
  MigrationRunCompanyResolvers,
  MigrationRunResolvers,
  MigrationRunSquadResolvers,
  MutationResolvers,
  QueryResolvers,
} from '../generated/schema.ts';
import { companyProgress, migrationProgress } from '../queries/migrationProgress.ts';
import { migrationRun, migrationRuns, rate, runCompanies, squadsOf, totalsOf } from '../queries/migrationRuns.ts';
import { appFromWire, toTriggerStatus, toWireApp } from './migrationWire.ts';

/** What is read of runs and of how far the migration is (OTM-S05). */
export const migrationRunQuery = {
  migrationRun: async (_root, { id }, context) => orThrow(await migrationRun(context, id)),
  migrationRuns: async (_root, { first, after }, context) => orThrow(await migrationRuns(context, { first, after: after ?? null })),
  migrationProgress: async (_root, _, context) => orThrow(await migrationProgress(context)),
} satisfies QueryResolvers;

export const migrationRunMutation = {
  triggerTeamMigration: async (_root, { input: { apps, companySsoIds } }, { migration, viewer }) => ({
    run: orThrow(await triggerTeamMigration(migration, viewer, { apps: apps.map((app) => appFromWire[app]), companySsoIds: companySsoIds ?? null })),
  }),
} satisfies MutationResolvers;

export const MigrationRun: MigrationRunResolvers = {
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  totals: async ({ id }, _, { loaders }) => totalsOf(await loaders.squadTotals.load(id)),
  squads: squadsOf,
};

export const MigrationRunSquad: MigrationRunSquadResolvers = {
  app: ({ app }) => toWireApp(app),
  totals: async ({ runId, app }, _, { loaders }) => totalsOf((await loaders.squadTotals.load(runId)).filter((each) => each.app === app)),
  companies: async (squad, { first, after }, context) => orThrow(await runCompanies(context, squad, { first, after: after ?? null })),
};

export const MigrationRunCompany: MigrationRunCompanyResolvers = {
  companySsoId: ({ companyRef }) => companyRef,
  trigger: ({ triggerStatus }) => toTriggerStatus(triggerStatus),
  error: ({ triggerError }) => triggerError,
  totals: (counts) => totalsOf([counts]),
};

export const MigrationProgress: MigrationProgressResolvers = {
  completeShare: ({ completeCompanies, enabledCompanies }) => rate(completeCompanies, enabledCompanies) ?? 0,
  failureRate: ({ failed, attempted }) => rate(failed, attempted) ?? 0,
  invitationCoverage: ({ withTeam, invitations }) => rate(withTeam, invitations),
  companies: async (_progress, { state, first, after }, context) => orThrow(await companyProgress(context, state ?? null, { first, after: after ?? null })),
};

export const CompanyMigration: CompanyMigrationResolvers = {
  companySsoId: ({ companyId }) => companyId,
  completedApps: ({ completedApps }) => completedApps.map(toWireApp),
  invitationCoverage: ({ withTeam, invitations }) => rate(withTeam, invitations),
};
