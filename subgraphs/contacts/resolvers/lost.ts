import { unavailable } from '../../shared/errors.ts';
import { toGraphQLError } from '../../shared/edge.ts';
import { PeerUnavailable } from '../../shared/peer.ts';

/** A nullable list item that could not be had: null with a coded error. */
export const lost = (error: unknown): Promise<never> =>
  Promise.reject(error instanceof PeerUnavailable ? toGraphQLError(unavailable('Teams could not be looked up in time.')) : (error as Error));
