import type { Resolvers } from '../generated/schema.ts';
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
import { Mutation } from './Mutation.ts';
import { peopleMutation } from './peopleMutations.ts';
import { PermissionSettings, UserLevel } from './PermissionSettings.ts';
import { Query } from './Query.ts';
import { Team } from './Team.ts';
import { User } from './User.ts';
import { Viewer } from './Viewer.ts';

/** All resolvers of the subgraph; fields that are not here are read from their record by name. */
export const resolvers: Resolvers = {
  Query: { ...Query, ...migrationQuery },
  Mutation: { ...Mutation, ...peopleMutation, ...migrationMutation },
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
};
