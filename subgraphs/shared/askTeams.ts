import { type Peer, PeerUnavailable } from './peer.ts';
import type { TeamsApi } from './teamsApi.ts';
import type { Viewer } from './viewer.ts';

/** What each question to teams carries besides its body. */
export type Asking = Readonly<{
  viewer: Viewer | null;
  /** Milliseconds since 1970. */
  deadline: number;
  correlationId: string;
}>;

/** Asks teams one question. @throws PeerUnavailable when it is not answered in time, or with another status than 200. */
export const askTeams = async <Operation extends keyof TeamsApi>(
  teams: Peer,
  operation: Operation,
  body: TeamsApi[Operation]['request'],
  asking: Asking,
): Promise<TeamsApi[Operation]['reply']> => {
  const reply = await teams.call({ operation, body, ...asking });
  if (reply.status !== 200) throw new PeerUnavailable(`teams answered ${operation} with status ${String(reply.status)}`);
  return reply.body as TeamsApi[Operation]['reply'];
};
