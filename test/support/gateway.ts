import { randomUUID } from 'node:crypto';
import { buildGateway, type GatewayDeps } from '../../gateway/service.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess, type Endpoint, type Peer } from '../../subgraphs/shared/peer.ts';
import { testKeys } from './subgraphDouble.ts';

export type GraphQLReply = Readonly<{
  status: number;
  headers: Headers;
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}>;

/** A gateway on a free port, with subgraphs in this process, or behind peers of the test's own. */
export const startTestGateway = async (
  parts: Readonly<{ teams: Endpoint | Peer; contacts: Endpoint | Peer }> & Pick<GatewayDeps, 'authenticate'> & Partial<Omit<GatewayDeps, 'teams' | 'contacts'>>,
  maxBodyBytes?: number,
) => {
  const logger = createLogger({ name: 'gateway', level: 'silent' });
  const peerOf = (audience: 'teams' | 'contacts'): Peer => {
    const part = parts[audience];
    return typeof part === 'function' ? connectInProcess({ caller: 'gateway', audience, keys: testKeys, now: Date.now }, part) : part;
  };
  const gateway = await buildGateway({
    logger,
    metrics: createMetrics('gateway', logger),
    now: Date.now,
    newId: randomUUID,
    random: Math.random,
    unready: () => Promise.resolve([]),
    production: false,
    introspection: true,
    ...parts,
    teams: peerOf('teams'),
    contacts: peerOf('contacts'),
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0, maxBodyBytes });
  const send = async (body: string, headers: Record<string, string> = {}): Promise<GraphQLReply> => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    const value = (await response.json()) as Omit<GraphQLReply, 'status' | 'headers'>;
    return { ...value, status: response.status, headers: response.headers };
  };
  const ask = (query: string, token?: string, variables: object = {}): Promise<GraphQLReply> =>
    send(JSON.stringify({ query, variables }), token === undefined ? {} : { authorization: `Bearer ${token}` });
  return { url, socketUrl: `${url.replace('http', 'ws')}/graphql`, ask, send, reload: () => gateway.reload(), close: () => gateway.close() };
};
