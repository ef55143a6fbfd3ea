import { conflict, isRefused, notFound, Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import { type DeadLetterRow, findDeadLetter, markRedriven } from '../store/deadLetters.ts';
import { expectGeneralTeam } from '../store/generalTeam.ts';
import { generalTeamLeaseMs, type GeneralTeamDeps, type GeneralTeamOutcome, tryGeneralTeam } from './generalTeam.ts';
import { type CompanyEventOutcome, takeCompanyEvent } from './takeCompanyEvent.ts';

/** What came of a dead letter that was worked again. `failed`: the background goes on trying, and parks it again if that fails too. */
export type RedriveOutcome = CompanyEventOutcome | GeneralTeamOutcome;

/**
 * Works a dead letter again, for an operator: a message of `company.events.v1`, or a General team. What is still wrong is answered as its refusal, or
 * thrown, and the letter stays open. NOT_FOUND for an id that is none, CONFLICT for one that was redriven before.
 */
export const redriveDeadLetter = async (deps: GeneralTeamDeps, id: string): Promise<RedriveOutcome | Refusal> => {
  const letter = isUuid(id) ? await findDeadLetter(deps.database.prisma, id) : null;
  if (letter === null) return notFound(`${excerpt(id)} is no dead letter.`);
  if (letter.redrivenAt !== null) return conflict(`Dead letter ${id} was redriven at ${letter.redrivenAt.toISOString()}.`);
  const outcome = await work(deps, letter);
  // one that is exhausted again has been parked again, and is open
  if (!isRefused(outcome) && outcome !== 'exhausted') await deps.database.transaction((tx) => markRedriven(tx, id, new Date(deps.now())));
  return outcome;
};

const work = async (deps: GeneralTeamDeps, { id, kind, content, companyId }: DeadLetterRow): Promise<RedriveOutcome | Refusal> => {
  if (kind === 'company_event') {
    return content === null
      ? new Refusal('UNPROCESSABLE', `The message of dead letter ${id} was not kept, as it is empty, too large or no text. Send a right one.`)
      : takeCompanyEvent(deps, content);
  }
  if (kind === 'general_team' && companyId !== null) {
    await deps.database.transaction((tx) => expectGeneralTeam(tx, { kind: 'company', companyId }, generalTeamLeaseMs));
    return tryGeneralTeam(deps, { companyId, attempts: 0 });
  }
  return new Refusal('UNPROCESSABLE', `Dead letter ${id} is of kind ${kind}, which is not redriven here.`);
};
