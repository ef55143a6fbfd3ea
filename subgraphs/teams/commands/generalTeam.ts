import { findCompany, lockCompany } from '../store/companies.ts';
import type { Transaction } from '../store/database.ts';
import { parkDeadLetter } from '../store/deadLetters.ts';
import { faultName } from '../store/faultName.ts';
import { countFailedTry, type DueGeneralTeam, forgetGeneralTeam, insertGeneralTeam, takeDueGeneralTeams } from '../store/generalTeam.ts';
import type { CommandDeps } from './commandDeps.ts';
import { tellIn } from './inCompany.ts';

/** Tries in the background after the one at the company's creation has failed; then it is a dead letter (OTM-S02). */
const retries = 3;
/** Pause before the first of them in milliseconds; doubles with each. */
const firstPauseMs = 1_000;
/** Milliseconds after which a try that nobody has heard of is taken over. */
export const generalTeamLeaseMs = 10_000;
const companiesAtOnce = 20;

export type GeneralTeamDeps = CommandDeps & Readonly<{ generalTeamPauseMs?: number }>;

/** `there`: it was made by another, or is not to be made any more. */
export type GeneralTeamOutcome = 'made' | 'there' | 'failed' | 'exhausted';

/** One try to make a company's General team, the one after `attempts` that failed. A failure is counted and recorded, never thrown: the company stays. */
export const tryGeneralTeam = async (deps: GeneralTeamDeps, due: DueGeneralTeam): Promise<GeneralTeamOutcome> => {
  try {
    const teamId = deps.newId();
    const isMade = await deps.database.transaction((tx) => makeGeneralTeam(tx, deps, due.companyId, teamId));
    if (!isMade) return 'there';
    deps.record({ event: 'general_team_created', cid: due.companyId, team_id: teamId });
    deps.wakeRelay();
    return 'made';
  } catch (error) {
    return failed(deps, due, faultName(error));
  }
};

/** Tries those that are due; answers whether there were any. For the background of every process. */
export const retryGeneralTeams = async (deps: GeneralTeamDeps): Promise<boolean> => {
  const due = await takeDueGeneralTeams(deps.database, companiesAtOnce, generalTeamLeaseMs);
  for (const company of due) await tryGeneralTeam(deps, company);
  return due.length === companiesAtOnce;
};

const makeGeneralTeam = async (tx: Transaction, deps: CommandDeps, companyId: string, teamId: string): Promise<boolean> => {
  const reach = { kind: 'company', companyId } as const;
  const now = new Date(deps.now());
  const company = (await lockCompany(tx, reach)) ? await findCompany(tx, reach) : null;
  if (company === null) return false;
  const isMade = await insertGeneralTeam(tx, reach, teamId, now);
  await forgetGeneralTeam(tx, reach);
  if (!isMade) return false;
  const payload = { team_name: 'General', company_sso_id: companyId, members: [], created_by_sso_id: '', parent_id: null, tree_version: company.treeVersion };
  await tellIn(tx, { companyId, now, newId: deps.newId }, {})(
    [{ eventId: deps.newId(), type: 'TEAM_CREATED', companyId, aggregateId: teamId, occurredAt: now, payload }],
    [{ kind: 'TEAM', subjectId: teamId, before: null, after: { name: 'General', parentId: null } }],
  );
  return true;
};

const failed = async (deps: GeneralTeamDeps, due: DueGeneralTeam, reason: string): Promise<GeneralTeamOutcome> => {
  const { companyId, attempts } = due;
  const isLast = attempts >= retries;
  const pauseMs = (deps.generalTeamPauseMs ?? firstPauseMs) * 2 ** attempts;
  const note = async (tx: Transaction): Promise<boolean> => {
    if (!(await countFailedTry(tx, due, { reason, pauseMs, isLast }))) return false;
    if (isLast) await parkDeadLetter(tx, deps.newId(), { kind: 'general_team', reference: companyId, companyId, content: null, error: reason, tries: attempts + 1 });
    return true;
  };
  // when not even the failure can be stored, the try is not counted, and is made again once the lease is over
  const isCounted = await deps.database.transaction(note).catch(() => null);
  if (isCounted === false) return 'there';
  deps.record({ event: 'general_team_create_failed', cid: companyId, attempt: attempts + 1, reason });
  if (isCounted === null || !isLast) return 'failed';
  deps.record({ event: 'general_team_create_exhausted', cid: companyId });
  return 'exhausted';
};
