import { nameKey } from '../../shared/text.ts';
import type { Database, Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

const name = 'General';

/**
 * Makes a company's default team: named General, no members, no parent, source Launchpad (OTM-S02). False when it has one, which is told by
 * its mark and not by its name; a unique index keeps it to one also when two try at once.
 */
export const insertGeneralTeam = async (tx: Transaction, { companyId }: CompanyReach, id: string, now: Date): Promise<boolean> => {
  const stored = await tx.$executeRaw`
    INSERT INTO teams (id, company_id, name, name_key, is_default, created_at, updated_at)
    VALUES (${id}::uuid, ${companyId}::uuid, ${name}, ${nameKey(name)}, true, ${now}, ${now})
    ON CONFLICT (company_id) WHERE is_default DO NOTHING`;
  return stored === 1;
};

/** A company whose General team is still to be made, and how many tries have failed. */
export type DueGeneralTeam = Readonly<{ companyId: string; attempts: number }>;

/** Says that a company's General team is to be made: by whoever says it, and by the background when that has not come of it in `leaseMs`. */
export const expectGeneralTeam = async (tx: Transaction, { companyId }: CompanyReach, leaseMs: number): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO general_team_tries (company_id, next_try_at) VALUES (${companyId}::uuid, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    ON CONFLICT (company_id) DO UPDATE SET attempts = 0, exhausted_at = NULL, next_try_at = excluded.next_try_at`;
};

/** Takes companies whose next try is due, for `leaseMs`: of two processes that look at once, one gets each. By the database's clock. */
export const takeDueGeneralTeams = ({ prisma }: Database, limit: number, leaseMs: number): Promise<DueGeneralTeam[]> =>
  prisma.$queryRaw<DueGeneralTeam[]>`
    UPDATE general_team_tries SET next_try_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    WHERE company_id IN (
      SELECT company_id FROM general_team_tries WHERE exhausted_at IS NULL AND next_try_at <= clock_timestamp()
      ORDER BY next_try_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING company_id AS "companyId", attempts`;

/** Nothing is to be made any more. */
export const forgetGeneralTeam = async (tx: Transaction, { companyId }: CompanyReach): Promise<void> => {
  await tx.generalTeamTries.deleteMany({ where: { companyId } });
};

/**
 * Counts a failed try, the one after `attempts` others, and says when the next is due. False when that is no longer the one at hand:
 * another has made the team, or has counted this try.
 */
export const countFailedTry = async (
  tx: Transaction,
  { companyId, attempts }: DueGeneralTeam,
  { reason, pauseMs, isLast }: Readonly<{ reason: string; pauseMs: number; isLast: boolean }>,
): Promise<boolean> => {
  const counted = await tx.$executeRaw`
    UPDATE general_team_tries SET attempts = attempts + 1, reason = ${reason}, next_try_at = clock_timestamp() + ${pauseMs} * interval '1 millisecond',
      exhausted_at = CASE WHEN ${isLast} THEN clock_timestamp() END
    WHERE company_id = ${companyId}::uuid AND attempts = ${attempts} AND exhausted_at IS NULL`;
  return counted === 1;
};
