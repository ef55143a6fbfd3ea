import { randomUUID } from 'node:crypto';
import { createCursors } from '../../subgraphs/shared/cursor.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import type { DomainEvent } from '../../subgraphs/shared/metrics.ts';
import type { Service, Viewer } from '../../subgraphs/shared/viewer.ts';
import { cancelMigrationJob } from '../../subgraphs/teams/commands/cancelMigrationJob.ts';
import { migrateTeam, type PushOfTeam } from '../../subgraphs/teams/commands/migrateTeam.ts';
import type { MigrationDeps } from '../../subgraphs/teams/commands/migrationDeps.ts';
import { migrateTeams, type PushOfTeams } from '../../subgraphs/teams/commands/migrateTeams.ts';
import type { PushedItem } from '../../subgraphs/teams/domain/migrationItem.ts';
import { type WorkDeps, workMigrationJob } from '../../subgraphs/teams/jobs/workMigrationJob.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { migrationJob, migrationResults, type ResultsRequest } from '../../subgraphs/teams/queries/migrationJob.ts';
import { isRefused, type Refusal } from '../../subgraphs/shared/errors.ts';

export const chat: Service = { kind: 'service', id: 'chat-squad', scopes: ['teams:migrate:chat'], platform: 'openapi' };
export const crm: Service = { kind: 'service', id: 'crm-squad', scopes: ['teams:migrate:crm'], platform: 'openapi' };
export const cursors = createCursors(['a secret of cursors for tests, long enough']);
export const silent = createLogger({ name: 'test', level: 'silent' });

/** A company with the two flags on, unless said otherwise. */
export const addCompany = async (
  { prisma }: Database,
  { enabled = true, isActive = true, publishes = true }: Readonly<{ enabled?: boolean; isActive?: boolean; publishes?: boolean }> = {},
): Promise<string> => {
  const id = randomUUID();
  await prisma.company.create({ data: { id, name: 'Test', plan: 'growth', isActive } });
  const flags = [
    { flag: 'unified_app', value: enabled },
    { flag: 'one_team_migration_enabled', value: enabled },
    ...(publishes ? [] : [{ flag: 'publish_team_events', value: false }]),
  ];
  await prisma.companyFlag.createMany({ data: flags.map((flag) => ({ companyId: id, ...flag })) });
  return id;
};

export const item = (companySsoId: string | null, appIdentifierId: string | null, rest: Partial<PushedItem> = {}): PushedItem => ({
  companySsoId,
  appIdentifierId,
  name: `Team ${appIdentifierId ?? ''}`,
  parentAppIdentifierId: null,
  ...rest,
});

export const pushOf = (items: readonly PushedItem[], rest: Partial<PushOfTeams> = {}): PushOfTeams => ({
  app: 'chat',
  items,
  runId: null,
  idempotencyKey: null,
  dryRun: false,
  completes: [],
  ...rest,
});

/** The commands over a database, with jobs that wait to be worked by hand. */
export const commandsOf = (database: Database, rest: Partial<MigrationDeps> = {}) => {
  const recorded: DomainEvent[] = [];
  const record = (event: DomainEvent): void => void recorded.push(event);
  const deps: MigrationDeps = {
    database,
    now: Date.now,
    newId: randomUUID,
    record,
    send: () => Promise.resolve(),
    sendTrigger: () => Promise.resolve(),
    wakeWorkers: () => undefined,
    wakeRelay: () => undefined,
    ...rest,
  };
  return {
    deps,
    recorded,
    migrateTeams: (viewer: Viewer, push: PushOfTeams) => migrateTeams(deps, viewer, push),
    migrateTeam: (viewer: Viewer, push: PushOfTeam) => migrateTeam(deps, viewer, push),
    cancelJob: (viewer: Viewer, id: string) => cancelMigrationJob(deps, viewer, id),
    readJob: (viewer: Viewer, id: string) => migrationJob(database.prisma, viewer, id),
    results: (viewer: Viewer, request: ResultsRequest) => migrationResults(database.prisma, cursors, viewer, request),
    work: (id: string, more: Partial<WorkDeps> = {}): Promise<boolean> =>
      workMigrationJob(
        { database, now: Date.now, newId: randomUUID, record, wake: () => undefined, onFault: () => undefined, ...more },
        id,
        new AbortController().signal,
      ),
  };
};

/** The value of a result that is not a refusal. */
export const good = <T>(result: T): Exclude<T, Refusal> => {
  if (isRefused(result)) throw new Error(`refused: ${result.code} ${result.message}`);
  return result as Exclude<T, Refusal>;
};

/** Outcomes of a job's items in order, as `CREATED` or `FAILED BLANK`. */
export const outcomesOf = async ({ prisma }: Database, jobId: string): Promise<string[]> => {
  const items = await prisma.migrationItem.findMany({ where: { jobId }, orderBy: { index: 'asc' } });
  return items.map(({ outcome, reason }) => (reason === null ? outcome : `${outcome} ${reason}`));
};
