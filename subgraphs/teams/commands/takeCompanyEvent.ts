import type { Logger } from '../../shared/logger.ts';
import { conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import { companyCreatedIn } from '../events/companyEvent.ts';
import { parkDeadLetter } from '../store/deadLetters.ts';
import { faultName } from '../store/faultName.ts';
import { isOutage } from '../store/outage.ts';
import { storeCompany } from './createCompany.ts';
import { type GeneralTeamDeps, tryGeneralTeam } from './generalTeam.ts';
import { orTakenBack, TakenBack } from './inCompany.ts';

/** `known`: the company is there already, as after an event that comes twice. `passed over`: not for us. */
export type CompanyEventOutcome = 'created' | 'known' | 'passed over';

/** Makes the company of a COMPANY_CREATED event with its OWNER and its General team, once however often the event comes (OTM-S02). */
export const takeCompanyEvent = async (deps: GeneralTeamDeps, text: string): Promise<CompanyEventOutcome | Refusal> => {
  const company = companyCreatedIn(text);
  if (isRefused(company)) return company;
  if (company === null) return 'passed over';
  const taken = await orTakenBack(
    deps.database.transaction(async (tx) => {
      const inTheWay = await storeCompany(tx, deps, company, {});
      if (inTheWay === 'owner') throw new TakenBack(conflict('payload.owner_sso_id is a person of another company.'));
      return inTheWay;
    }),
  );
  if (isRefused(taken)) return taken;
  if (taken === 'company') return 'known';
  deps.wakeRelay();
  await tryGeneralTeam(deps, { companyId: company.id, attempts: 0 });
  return 'created';
};

/** A message of `company.events.v1`. */
export type CompanyMessage = Readonly<{ /** topic/partition/offset */ reference: string; value: Buffer | null }>;

export type ReceiveOptions = Readonly<{ logger: Logger; /** Milliseconds after the first failed try; doubles. Default 200. */ pauseMs?: number }>;

const maxBytes = 1_048_576;
const tries = 3;

/**
 * Works one message for good: done, or parked as a dead letter, so that those behind it go on. Thrown is only what says nothing of the message
 * (Postgres cannot be asked): it is to be received again.
 */
export const receiveCompanyMessage = async (deps: GeneralTeamDeps, message: CompanyMessage, options: ReceiveOptions): Promise<void> => {
  const { value } = message;
  if (value === null) return park(deps, message, options, { content: null, error: 'the message is empty', made: 1 });
  if (value.length > maxBytes) return park(deps, message, options, { content: null, error: `the message has ${String(value.length)} bytes; at most ${String(maxBytes)} are taken`, made: 1 });
  const content = value.toString('utf8');
  for (let made = 1; ; made += 1) {
    try {
      const outcome = await takeCompanyEvent(deps, content);
      if (isRefused(outcome)) await park(deps, message, options, { content, error: placeOf(outcome), made });
      return;
    } catch (error) {
      if (isOutage(error)) throw error;
      if (made === tries) return park(deps, message, options, { content, error: faultName(error), made });
      await new Promise((resolve) => setTimeout(resolve, (options.pauseMs ?? 200) * 2 ** (made - 1)));
    }
  }
};

/** Where a message is wrong, without what it says there. */
const placeOf = ({ code, details }: Refusal): string => `${details.field ?? 'the message'}: ${code}`;

type Parked = Readonly<{ content: string | null; error: string; made: number }>;

const park = async (deps: GeneralTeamDeps, { reference }: CompanyMessage, { logger }: ReceiveOptions, { content, error, made }: Parked): Promise<void> => {
  // Postgres keeps no NUL in a text; the message is still at its place in Kafka
  const kept = content?.includes('\u0000') === true ? null : content;
  await deps.database.transaction((tx) =>
    parkDeadLetter(tx, deps.newId(), { kind: 'company_event', reference, companyId: null, content: kept, error, tries: made }),
  );
  logger.error({ reference, error }, 'a message of company.events.v1 is parked as a dead letter');
};
