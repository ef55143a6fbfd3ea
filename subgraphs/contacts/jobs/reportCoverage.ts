import { serviceVisibility } from '../../shared/access/scope.ts';
import type { TeamsApi } from '../../shared/teamsApi.ts';
import type { CoverageJobStore } from '../store/coverageJob.ts';
import type { CoverageJobDocument } from '../store/legacyDocuments.ts';
import type { LegacyMoveStore } from '../store/legacyMoves.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import type { MovableContactStore } from '../store/movableContacts.ts';
import { toldNoLegacyRows } from '../queries/teamOwnerCoverage.ts';
import type { TeamsOfSystem } from '../teamsOfSystem.ts';
import { jobWaitMs } from './jobWait.ts';

export type CoverageDependencies = Readonly<{
  job: CoverageJobStore;
  moves: LegacyMoveStore;
  rows: LegacyRowStore;
  contacts: MovableContactStore;
  teams: Pick<TeamsOfSystem, 'companiesAfter' | 'reportCoverage'>;
}>;

type Report = TeamsApi['coverage']['request']['reports'][number];

/** Long enough to count a page of large companies. */
const leaseMs = 300_000;
const companiesAtOnce = 20;
/** When it is night in Indonesia: 01:00 in Jakarta, in ms of a day in UTC. */
const nightMs = 18 * 3_600_000;
const dayMs = 86_400_000;

/** The first such night after an instant, all by the database's time. */
export const nightAfter = (at: Date): Date => {
  const tonight = Math.floor(at.getTime() / dayMs) * dayMs + nightMs;
  return new Date(tonight > at.getTime() ? tonight : tonight + dayMs);
};

/**
 * Reports coverage to teams (SPEC §2.5): companies whose move has just ended, else the next page of the nightly round over all. Answers
 * whether there is more to do at once. Two of these at a time are one: the job is held by a lease, and what is done is stored. @throws PeerUnavailable
 */
export const reportCoverage = async (deps: CoverageDependencies): Promise<boolean> => {
  const job = await deps.job.claim(leaseMs);
  if (job === null) return false;
  try {
    return await (job.asked.length > 0 ? reportAsked(deps, job) : reportPage(deps, job));
  } finally {
    await deps.job.release(job);
  }
};

const reportAsked = async (deps: CoverageDependencies, job: CoverageJobDocument): Promise<boolean> => {
  const asked = job.asked.slice(0, companiesAtOnce);
  await report(deps, job, [...new Set(asked.map(({ company_sso_id }) => company_sso_id))]);
  return deps.job.answered(job, asked.map(({ move_id }) => move_id));
};

const reportPage = async (deps: CoverageDependencies, job: CoverageJobDocument): Promise<boolean> => {
  const { ids, hasMore } = await deps.teams.companiesAfter(job.after, companiesAtOnce);
  await report(deps, job, ids);
  await deps.job.advance(job, hasMore ? (ids.at(-1) ?? null) : null, nightAfter(job.claimed_at));
  return hasMore;
};

const report = async ({ moves, rows, contacts, teams }: CoverageDependencies, job: CoverageJobDocument, companyIds: readonly string[]): Promise<void> => {
  const none = await toldNoLegacyRows({ moves, rows }, companyIds, jobWaitMs);
  const reports: Report[] = [];
  for (const companyId of companyIds) {
    const counted = await contacts.coverage(serviceVisibility(companyId), jobWaitMs);
    const covered = none.has(companyId) ? counted.contacts : counted.covered;
    // the database's time of before counting: an older count never passes for a newer one
    reports.push({ companyId, contacts: counted.contacts, covered, countedAt: job.claimed_at.toISOString() });
  }
  await teams.reportCoverage(reports);
};
