import type { Logger } from '../../shared/logger.ts';
import type { Tracer } from '../../shared/tracing.ts';
import type { RecordEvent } from '../../shared/metrics.ts';
import type { Handler } from '../../shared/peer.ts';
import type { TeamsApi } from '../../shared/teamsApi.ts';
import type { MigrationDeps } from '../commands/migrationDeps.ts';
import { locate, readFeed } from '../events/feed.ts';
import { watchGrowth } from '../events/newest.ts';
import { startPublisher } from '../events/publisher.ts';
import { kafkaOutlet } from '../events/publisherOutlet.ts';
import type { KafkaOptions } from '../events/publisherTopic.ts';
import { startRelay } from '../events/relay.ts';
import { startLoop } from '../events/loop.ts';
import type { Database } from '../store/database.ts';
import { readNewest } from '../store/eventLog.ts';
import { progressOfJobs, unfinishedJobIds } from '../store/migrationJobs.ts';
import { jobProgress } from '../queries/jobProgress.ts';
import { startCleanUp } from './cleanUp.ts';
import { startCompanies } from './companies.ts';
import { watchProgress } from './progressWatch.ts';
import { type Queue, startQueue } from './queue.ts';
import { startTriggers, triggerQueues, type TriggerOptions } from './triggers.ts';
import { workMigrationJob } from './workMigrationJob.ts';

export type BackgroundDeps = Readonly<{
  database: Database;
  /** The same database, for the job queue's own connections. */
  databaseUrl: string;
  logger: Logger;
  record: RecordEvent;
  tracer?: Tracer | null;
  now: () => number;
  newId: () => string;
  /** Null: no outside publishing. */
  kafka: KafkaOptions | null;
  /** Seconds after which work of a dead process is taken up again. Default 30. */
  leaseSeconds?: number;
  /** How squads are triggered. Default: none is configured. */
  triggers?: TriggerOptions;
}>;

/** Everything of teams that goes on without a request: job queue, relay, publisher; and what requests need of it. */
export type Background = Readonly<{
  /** What the commands of the migration stand on. */
  migration: MigrationDeps;
  /** Handlers of the internal operations that read the feed and the progress of jobs. */
  feedHandlers: Readonly<{ feed: Handler; locate: Handler; jobProgress: Handler }>;
  /** How much waits in the job queue. */
  countQueue: Queue['counts'];
  /** Call after every commit that wrote events. */
  wake(): void;
  close(): Promise<void>;
}>;

const queueName = 'migrate-teams';
const sweepMs = 10_000;

/** Starts the background work of the teams subgraph. Its tables are there by now. */
export const startBackground = async (deps: BackgroundDeps): Promise<Background> => {
  const { database, logger, now, newId, record } = deps;
  const growth = watchGrowth(() => readNewest(database.prisma));
  const progress = watchProgress((jobIds) => progressOfJobs(database.prisma, jobIds));
  const publisher = deps.kafka === null ? null : startPublisher({ database, logger, record, now, newId, holder: newId(), outlet: kafkaOutlet(deps.kafka) });
  const relay = startRelay({
    database,
    logger,
    holder: newId(),
    onPlaced: (newest) => {
      growth.grown(newest);
      publisher?.wake();
    },
  });
  const queue = await startQueue({
    url: deps.databaseUrl,
    names: [queueName, ...triggerQueues],
    logger,
    tracer: deps.tracer ?? null,
    ...(deps.leaseSeconds !== undefined && { leaseSeconds: deps.leaseSeconds }),
  });
  const work = { database, now, newId, record, wake: relay.wake, onProgress: progress.wake, onFault: (error: unknown) => logger.warn({ err: error }, 'a chunk of a migration job is tried again') };
  queue.work(queueName, async (jobId, signal) => {
    const more = await workMigrationJob(work, jobId, signal);
    if (more) await database.transaction((tx) => queue.send(tx, queueName, jobId));
  });
  const triggers = startTriggers({ database, queue }, deps.triggers);
  const sweep = startLoop({
    pass: async () => {
      await queue.resend(queueName, await unfinishedJobIds(database.prisma));
      await triggers.resend();
      return false;
    },
    pollMs: sweepMs,
    onFault: (error) => logger.warn({ err: error }, 'the sweep of unfinished jobs is tried again'),
  });
  const nightly = startCleanUp({ database, newId, isPublished: deps.kafka !== null }, logger);
  const companies = startCompanies({ commands: { database, now, newId, record, wakeRelay: relay.wake }, logger, kafka: deps.kafka });
  return {
    migration: {
      database,
      now,
      newId,
      record,
      send: (tx, jobId) => queue.send(tx, queueName, jobId),
      sendTrigger: triggers.send,
      wakeWorkers: queue.wake,
      wakeRelay: relay.wake,
    },
    feedHandlers: {
      // bodies come from signed calls of our own parts, typed on both ends by TeamsApi
      feed: async ({ caller }, body) => {
        const request = body as TeamsApi['feed']['request'];
        if (request.durable !== undefined && request.durable !== caller) throw new Error(`${caller} is not the durable reader ${request.durable}`);
        return { status: 200, body: await readFeed(database.prisma, growth, request) };
      },
      locate: async (_, body) => ({ status: 200, body: await locate(database.prisma, body as TeamsApi['locate']['request']) }),
      jobProgress: async ({ viewer }, body) => ({
        status: 200,
        body: { progress: await jobProgress(database.prisma, progress, viewer, body as TeamsApi['jobProgress']['request']) },
      }),
    },
    countQueue: queue.counts,
    wake: relay.wake,
    close: async () => {
      growth.close();
      progress.close();
      await Promise.all([sweep.close(), nightly.close(), companies.close()]);
      await queue.close();
      await triggers.close();
      await relay.close();
      await publisher?.close();
    },
  };
};
