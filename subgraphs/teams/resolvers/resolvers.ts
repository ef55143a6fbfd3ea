import type { Resolvers } from '../generated/schema.ts';
import { AuditEntry } from './AuditEntry.ts';
import { Company } from './Company.ts';
import {
  CompletesEntry,
  MigrateTeamPayload,
  migrationMutation,
  MigrationItem,
  MigrationJob,
  migrationQuery,
  TeamMigratedEvent,
} from './migration.ts';
import {
  CompanyMigration,
  migrationRunMutation,
  MigrationProgress,
  MigrationRun,
  MigrationRunCompany,
  migrationRunQuery,
  MigrationRunSquad,
} from './migrationRuns.ts';
import { peopleMutation } from './peopleMutations.ts';
import { PermissionSettings, UserLevel } from './PermissionSettings.ts';
import { Query } from './Query.ts';
import { Team } from './Team.ts';
import { treeMutations } from './treeMutations.ts';
import { User } from './User.ts';
import { Viewer } from './Viewer.ts';

/** All resolvers of the subgraph; fields that are not here are read from their record by name. */
export const resolvers: Resolvers = {
  Query: { ...Query, ...migrationQuery, ...migrationRunQuery },
  Mutation: { ...treeMutations, ...peopleMutation, ...migrationMutation, ...migrationRunMutation },
  AuditEntry,
  Company,
  Team,
  User,
  Viewer,
  PermissionSettings,
  UserLevel,
  MigrationJob,
  CompletesEntry,
  MigrationItem,
  MigrateTeamPayload,
  TeamMigratedEvent,
  MigrationRun,
  MigrationRunSquad,
  MigrationRunCompany,
  MigrationProgress,
  CompanyMigration,
};
