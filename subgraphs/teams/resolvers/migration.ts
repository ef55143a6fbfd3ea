import { orThrow } from '../../shared/edge.ts';
import { isRefused } from '../../shared/errors.ts';
import type { FeedEntry, TeamMigratedPayload } from '../../shared/teamsApi.ts';
import { cancelMigrationJob } from '../commands/cancelMigrationJob.ts';
import { migrateTeam } from '../commands/migrateTeam.ts';
import { migrateTeams } from '../commands/migrateTeams.ts';
import type {
  CompletesEntryResolvers,
  MigrateTeamItem,
  MigrateTeamPayloadResolvers,
  MigrationItemResolvers,
  MigrationJobResolvers,
  MutationResolvers,
  QueryResolvers,
  TeamMigratedEventResolvers,
} from '../generated/schema.ts';
import { migrationJob, migrationResults } from '../queries/migrationJob.ts';
import { teamEvents } from '../queries/teamEvents.ts';
import { completesOf } from '../store/migrationRuns.ts';
import type { PushedItem } from '../domain/migrationItem.ts';
import { appFromWire, toCompletesStatus, toJobStatus, toOutcome, toReason, toWireApp } from './migrationWire.ts';

/** A null item is one with nothing in it: it fails by itself. */
const itemOf = (item: MigrateTeamItem | null): PushedItem => ({
  companySsoId: item?.companySsoId ?? null,
  name: item?.name ?? null,
  appIdentifierId: item?.appIdentifierId ?? null,
  parentAppIdentifierId: item?.parentAppIdentifierId ?? null,
});

/** What of the migration is read (OTM-S05). */
export const migrationQuery = {
  migrationJob: async (_root, { id }, { reader, viewer }) => orThrow(await migrationJob(reader, viewer, id)),
  teamEvents: async (_root, { app, after, first }, { reader, viewer }) =>
    orThrow(await teamEvents(reader, viewer, { app: appFromWire[app], after: after ?? null, first })),
} satisfies QueryResolvers;

/** What of the migration is changed (OTM-S05). */
export const migrationMutation = {
  migrateTeams: async (_root, { input }, { migration, viewer }) => ({
    job: orThrow(
      await migrateTeams(migration, viewer, {
        app: appFromWire[input.app],
        items: input.items.map(itemOf),
        runId: input.runId ?? null,
        idempotencyKey: input.idempotencyKey ?? null,
        dryRun: input.dryRun ?? false,
        completes: input.completes ?? [],
      }),
    ),
  }),
  migrateTeam: async (_root, { input }, { migration, viewer }) =>
    orThrow(await migrateTeam(migration, viewer, { app: appFromWire[input.app], item: itemOf(input.item), runId: input.runId ?? null })),
  cancelMigrationJob: async (_root, { id }, { migration, viewer }) => ({ job: orThrow(await cancelMigrationJob(migration, viewer, id)) }),
} satisfies MutationResolvers;

export const MigrationJob: MigrationJobResolvers = {
  __resolveReference: async ({ id }, { reader, viewer }) => {
    const job = await migrationJob(reader, viewer, id);
    return isRefused(job) ? null : job;
  },
  app: ({ app }) => toWireApp(app),
  status: ({ status }) => toJobStatus(status),
  processed: ({ created, skipped, failed, cancelled }) => created + skipped + failed + cancelled,
  completes: ({ id }, _, { reader }) => completesOf(reader, id),
  results: async ({ id }, { outcome, first, after }, { reader, cursors, viewer }) =>
    orThrow(await migrationResults(reader, cursors, viewer, { jobId: id, outcome: outcome ?? null, page: { first, after: after ?? null } })),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  startedAt: ({ startedAt }) => startedAt?.toISOString() ?? null,
  finishedAt: ({ finishedAt }) => finishedAt?.toISOString() ?? null,
};

export const CompletesEntry: CompletesEntryResolvers = {
  companySsoId: ({ companyRef }) => companyRef,
  status: ({ status }) => toCompletesStatus(status),
};

export const MigrationItem: MigrationItemResolvers = {
  companySsoId: ({ companyRef }) => companyRef,
  outcome: ({ outcome }) => toOutcome(outcome),
  // what is wrong with an item's fields is known before it is worked, and told when it is
  reason: ({ outcome, reason }) => (outcome === 'PENDING' ? null : toReason(reason)),
  message: ({ outcome, message }) => (outcome === 'PENDING' ? null : message),
  team: ({ teamId }, _, { loaders }) => (teamId === null ? null : loaders.team.load(teamId)),
};

export const MigrateTeamPayload: MigrateTeamPayloadResolvers = {
  team: ({ teamId }, _, { loaders }) => (teamId === null ? null : loaders.team.load(teamId)),
};

const payloadOf = ({ payload }: FeedEntry): TeamMigratedPayload => payload as unknown as TeamMigratedPayload;

export const TeamMigratedEvent: TeamMigratedEventResolvers = {
  companySsoId: ({ companyId }) => companyId,
  app: (event) => toWireApp(payloadOf(event).app),
  appIdentifierId: (event) => payloadOf(event).app_identifier_id,
  teamId: ({ aggregateId }) => aggregateId,
  teamName: (event) => payloadOf(event).team_name,
  parentId: (event) => payloadOf(event).parent_id,
  team: ({ aggregateId }, _, { loaders }) => loaders.team.load(aggregateId),
};
