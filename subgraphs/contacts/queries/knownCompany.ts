import { badInput, notFound, type Refusal, unavailable } from '../../shared/errors.ts';
import { PeerUnavailable } from '../../shared/peer.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Context } from '../context.ts';

/** The company that a service names: BAD_USER_INPUT when it is no id, NOT_FOUND when teams knows no active company of that id. */
export const knownCompany = async (context: Context, companySsoId: string, field: string): Promise<string | Refusal> => {
  if (!isUuid(companySsoId)) return badInput(field, `${field} is ${excerpt(companySsoId)}; it must be a lower-case UUID.`);
  try {
    return (await context.teams.isCompany(companySsoId)) ? companySsoId : notFound(`There is no company ${companySsoId}.`);
  } catch (error) {
    if (error instanceof PeerUnavailable) return unavailable('The company could not be looked up, so nothing was done. Try again in a moment.');
    throw error;
  }
};
