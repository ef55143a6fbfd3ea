import { badInput, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Database } from '../store/database.ts';
import { requestRedrive } from '../store/parkedCompanies.ts';

export type Redrive = Readonly<{
  /** The publication whose events wait: `kafka`. */
  publication: string;
  /** Null: every company that is parked. */
  companyIds: readonly string[] | null;
}>;

/**
 * Has team events tried again that the broker refused, with everything of their companies that waits behind them, in its order. The
 * publisher of whichever process holds its lease does it; a company whose event is refused again is parked again. Answers how many
 * companies were asked for; those that are not parked do not count.
 */
export const redriveTeamEvents = async (database: Database, { publication, companyIds }: Redrive): Promise<{ companies: number } | Refusal> => {
  const odd = companyIds?.find((id) => !isUuid(id));
  if (odd !== undefined) return badInput('companyIds', `companyIds has ${excerpt(odd)}; each must be a lower-case UUID.`);
  return { companies: await database.transaction((tx) => requestRedrive(tx, publication, companyIds)) };
};
