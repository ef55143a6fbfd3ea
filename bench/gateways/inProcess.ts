import { randomUUID } from 'node:crypto';
import { type DocumentNode, Kind } from 'graphql';
import { createLocalJWKSet } from 'jose';
import { createDemoIssuer } from '../../embedded/issuer.ts';
import { createAuthenticator } from '../../gateway/auth.ts';
import { buildGateway } from '../../gateway/service.ts';
import { readTypeDefs as contactsTypeDefs } from '../../subgraphs/contacts/schema.ts';
import { gates as contactsGates } from '../../subgraphs/contacts/shield.ts';
import type { CallClaims, SigningKeys } from '../../subgraphs/shared/calls.ts';
import type { Gates } from '../../subgraphs/shared/gates.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess, createEndpoint, type Handler } from '../../subgraphs/shared/peer.ts';
import { createSubgraphHandler } from '../../subgraphs/shared/subgraph.ts';
import { readTypeDefs as teamsTypeDefs } from '../../subgraphs/teams/schema.ts';
import { gates as teamsGates } from '../../subgraphs/teams/shield.ts';
import { companyTree, contact, pageOfContacts, team } from './data.ts';

const keys: SigningKeys = ['a-signing-key-that-only-this-bench-uses'];
const logger = createLogger({ name: 'gateway', level: 'fatal' });

/** The rules ask for no more than this: an owner, who may do everything. */
const contextOf = ({ viewer }: CallClaims) => {
  const access = { role: 'OWNER', levels: { teams_manage: 'everything' }, teamIds: [], expandedTeamIds: [] };
  return { viewer, access: () => Promise.resolve(access), expanded: () => Promise.resolve(access) };
};

const resolvers = {
  contacts: { Query: { contacts: () => pageOfContacts, contact: () => contact(1) } },
  teams: { Query: { companyTree: () => companyTree }, Team: { __resolveReference: ({ id }: Readonly<{ id: string }>) => team(Number(id.slice(-5)) - 10_000) } },
};

const feed: Handler = () => new Promise((resolve) => setTimeout(() => resolve({ status: 200, body: { log: 'bench', entries: [], position: 0, lost: false } }), 5_000).unref());

const unserved = (): never => {
  throw new Error('the bench does not ask for this');
};

/** Every root field needs a resolver, also those that the bench does not ask for. */
const withUnserved = (typeDefs: DocumentNode, given: Readonly<Record<string, object>>): object => {
  const roots = typeDefs.definitions.flatMap((node) => (node.kind === Kind.OBJECT_TYPE_DEFINITION && ['Query', 'Mutation'].includes(node.name.value) ? [node] : []));
  const filled = roots.map(({ name, fields }) => [name.value, { ...Object.fromEntries((fields ?? []).map((field) => [field.name.value, unserved])), ...given[name.value] }] as const);
  return { ...given, ...Object.fromEntries(filled) };
};

const peerOf = async (audience: 'teams' | 'contacts', typeDefs: DocumentNode, gates: Gates) => {
  const graphql = await createSubgraphHandler({ typeDefs, resolvers: withUnserved(typeDefs, resolvers[audience]), gates, contextOf, logger, now: Date.now });
  return connectInProcess({ caller: 'gateway', audience, keys, now: Date.now }, createEndpoint(audience, { graphql, feed }, keys, Date.now));
};

/**
 * Our gateway with both subgraphs in its process, as `npm start` runs them: the real schemas with their shields, calls signed and
 * verified, over the same data as the static subgraphs.
 */
export const startInProcess = async (): Promise<Readonly<{ url: string; token: string; close(): Promise<void> }>> => {
  const issuer = await createDemoIssuer({ now: Date.now });
  const gateway = await buildGateway({
    teams: await peerOf('teams', teamsTypeDefs(), teamsGates),
    contacts: await peerOf('contacts', contactsTypeDefs(), contactsGates),
    authenticate: createAuthenticator({ issuer: issuer.issuer, audience: issuer.audience, keySet: createLocalJWKSet(issuer.jwks), algorithms: ['ES256'], now: Date.now }),
    logger,
    metrics: createMetrics('gateway', logger),
    now: Date.now,
    newId: randomUUID,
    random: Math.random,
    unready: () => Promise.resolve([]),
    production: true,
    introspection: false,
    // counted like any others, and never too many: one person asks everything here
    rates: { person: 1_000_000_000, company: 1_000_000_000, service: 1_000_000_000 },
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const token = await issuer.mint({ sub: '00000000-0000-4000-8000-000000000001', company_sso_id: '00000000-0000-4000-8000-000000000002' });
  return { url: `${url}/graphql`, token, close: () => gateway.close() };
};
