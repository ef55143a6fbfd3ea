import { badInput, isRefused, type Refusal, unavailable } from '../../shared/errors.ts';
import { PeerUnavailable } from '../../shared/peer.ts';
import type { Context } from '../context.ts';

/** An outage writes nothing: an empty set of team owners instead would be seen by everyone (SPEC §3.2). */
export const lookUp = async <T>(ask: () => Promise<T>): Promise<T | Refusal> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof PeerUnavailable) return nothingWritten();
    throw error;
  }
};

/** The refusal of a write that needs teams in an outage. */
export const nothingWritten = (): Refusal => unavailable('Teams could not be looked up, so nothing was written. Try again in a moment.');

/** The refusal of someone who is no active person of the company. */
export const notActive = (field: string, id: string): Refusal => badInput(field, `${field} is ${id}; it must be an active person of the company.`);

/** Refuses a person who is not active in the company, in `field`; DEPENDENCY_UNAVAILABLE when teams cannot be asked. */
export const checkActive = async (context: Context, companyId: string, field: string, id: string): Promise<Refusal | null> => {
  const active = await lookUp(() => context.teams.activePeople(companyId, [id]));
  if (isRefused(active)) return active;
  return active.has(id) ? null : notActive(field, id);
};
