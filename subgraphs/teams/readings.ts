import type { Registry } from 'prom-client';
import { addReadings, type Sample } from '../shared/readings.ts';
import { leastPercent } from './domain/coverageGate.ts';
import { kafkaPublication } from './events/publicationName.ts';
import type { Queue } from './jobs/queue.ts';
import type { Database } from './store/database.ts';
import { findProgress } from './store/migrationProgress.ts';
import { countDeadLetters, countJobs, readCoverage, readOutbox, worstRun } from './store/standing.ts';

export type ReadingDeps = Readonly<{
  registry: Registry;
  database: Database;
  /** Whether team events go to Kafka. */
  isPublished: boolean;
  countQueue: Queue['counts'];
  now: () => number;
}>;

const backlogKeptMs = 10_000;
const standingKeptMs = 60_000;
const deadLetterKinds = ['company_event', 'team_event', 'general_team'];
const jobStates = ['PENDING', 'RUNNING', 'COMPLETED', 'COMPLETED_WITH_FAILURES', 'CANCELLED'];

/** Adds what stands in Postgres to `/metrics` (docs/operations.md). */
export const addTeamsReadings = ({ registry, database: { prisma }, isPublished, countQueue, now }: ReadingDeps): void => {
  addReadings({
    registry,
    name: 'backlog',
    keptMs: backlogKeptMs,
    now,
    gauges: {
      one_team_outbox_events: { help: 'Events that wait: for their place (unplaced), for their release (withheld), for Kafka (unpublished).', labels: ['stage'] },
      one_team_outbox_oldest_seconds: { help: 'Age of the event that has waited longest, 0 when none waits.', labels: ['stage'] },
      one_team_outbox_parked_companies: { help: 'Companies whose events are held back from Kafka behind a refused one.' },
      one_team_feed_behind_events: { help: 'Events of the internal feed that a durable reader has not passed.', labels: ['reader'] },
      one_team_migration_jobs: { help: 'Migration jobs that are kept, by status.', labels: ['status'] },
      one_team_queue_jobs: { help: 'Pieces of background work in the job queue, by queue and state.', labels: ['queue', 'state'] },
      one_team_dead_letters: { help: 'Open dead letters, by kind.', labels: ['kind'] },
    },
    read: async () => {
      const [outbox, jobs, letters, queue] = await Promise.all([readOutbox(prisma, kafkaPublication), countJobs(prisma), countDeadLetters(prisma), countQueue()]);
      const stages = outbox === null ? [] : [
        { stage: 'unplaced', waiting: outbox.unplaced, age: outbox.unplacedAge },
        { stage: 'withheld', waiting: outbox.withheld, age: undefined },
        ...(isPublished ? [{ stage: 'unpublished', waiting: outbox.unpublished, age: outbox.unpublishedAge }] : []),
      ];
      return {
        one_team_outbox_events: stages.map(({ stage, waiting }) => ({ labels: { stage }, value: waiting })),
        one_team_outbox_oldest_seconds: stages.flatMap(({ stage, age }) => (age === undefined ? [] : [{ labels: { stage }, value: age ?? 0 }])),
        one_team_outbox_parked_companies: [{ value: outbox?.parkedCompanies ?? 0 }],
        one_team_feed_behind_events: typeof outbox?.contactsBehind === 'number' ? [{ labels: { reader: 'contacts' }, value: Math.max(outbox.contactsBehind, 0) }] : [],
        one_team_migration_jobs: totals('status', jobStates, jobs),
        one_team_queue_jobs: queue.map(({ queue: name, state, total }) => ({ labels: { queue: name, state }, value: total })),
        one_team_dead_letters: totals('kind', deadLetterKinds, letters),
      };
    },
  });
  addReadings({
    registry,
    name: 'standing',
    keptMs: standingKeptMs,
    now,
    gauges: {
      one_team_coverage_ratio: { help: 'Share of contacts with a team owner, as reported, over all active companies; 1 without contacts.' },
      one_team_coverage_companies: { help: 'Active companies by cdp_team_permission_enabled and by their coverage report: enough, below 95 %, stale (over 7 days old), missing.', labels: ['flag', 'coverage'] },
      one_team_migration_companies: { help: 'Active companies that are enabled for team migration, and those of them that are complete.', labels: ['state'] },
      one_team_migration_run_failure_ratio: { help: 'Share of failed items of the worst migration run of the last 24 hours, 0 without one.' },
      one_team_invitations: { help: 'Invitations to companies enabled for team migration, with a team and without.', labels: ['team'] },
    },
    read: async () => {
      const [coverage, progress, worst] = [await readCoverage(prisma, leastPercent), await findProgress(prisma), await worstRun(prisma)];
      const contacts = sum(coverage.map((each) => each.contacts));
      return {
        one_team_coverage_ratio: [{ value: contacts === 0 ? 1 : sum(coverage.map((each) => each.covered)) / contacts }],
        one_team_coverage_companies: ['on', 'off'].flatMap((flag) => {
          const { companies = 0, missing = 0, stale = 0, below = 0 } = coverage.find(({ isOn }) => isOn === (flag === 'on')) ?? {};
          const states = { enough: companies - missing - stale - below, below, stale, missing };
          return Object.entries(states).map(([state, value]) => ({ labels: { flag, coverage: state }, value }));
        }),
        one_team_migration_companies: [
          { labels: { state: 'enabled' }, value: progress.enabledCompanies },
          { labels: { state: 'complete' }, value: progress.completeCompanies },
        ],
        one_team_migration_run_failure_ratio: [{ value: worst ?? 0 }],
        one_team_invitations: [
          { labels: { team: 'with' }, value: progress.withTeam },
          { labels: { team: 'without' }, value: progress.invitations - progress.withTeam },
        ],
      };
    },
  });
};

/** A value for each label that there can be, so that what is gone is 0 and not missing. */
const totals = (label: string, known: readonly string[], counted: readonly Readonly<{ label: string; total: number }>[]): Sample[] =>
  known.map((value) => ({ labels: { [label]: value }, value: counted.find((each) => each.label === value)?.total ?? 0 }));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
