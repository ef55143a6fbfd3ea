import { randomUUID } from 'node:crypto';
import { createLogger } from '../subgraphs/shared/logger.ts';
import { createMetrics } from '../subgraphs/shared/metrics.ts';
import { connectHttp } from '../subgraphs/shared/peer.ts';
import { createTracer } from '../subgraphs/shared/tracingConfig.ts';
import { createAuthenticator } from './auth.ts';
import type { GatewayConfig } from './config.ts';
import { keepIssuerKeys } from './issuerKeys.ts';
import { buildGateway } from './service.ts';
import { connectSharedStore } from './sharedStore.ts';

const readyWithinMs = 1_500;
/** How long a new supergraph may go unnoticed, in milliseconds. */
export const supergraphPollMs = 2_000;

/** Runs the gateway as a process of its own, with the subgraphs over HTTP. @throws PortTaken */
export const startGateway = async (config: GatewayConfig, sandboxToken?: string): Promise<Readonly<{ url: string; close(): Promise<void> }>> => {
  const now = Date.now;
  const logger = createLogger({ name: 'gateway', level: config.logLevel });
  const tracer = await createTracer(config.tracing, 'gateway', logger);
  const peerOf = (audience: 'teams' | 'contacts', url: URL) => connectHttp({ caller: 'gateway', audience, keys: config.signingKeys, now }, url);
  const teams = peerOf('teams', config.teamsUrl);
  const contacts = peerOf('contacts', config.contactsUrl);
  const metrics = createMetrics('gateway', logger);
  const keys = keepIssuerKeys({ url: config.ssoJwksUrl, now, logger, registry: metrics.registry });
  const authenticate = createAuthenticator({
    issuer: config.ssoIssuer,
    audience: config.ssoAudience,
    keySet: keys.keySet,
    algorithms: config.ssoAlgorithms,
    now,
  });
  const shared = config.redisUrl && (await connectSharedStore(config.redisUrl, { logger, now }));
  const gateway = await buildGateway({
    ...config,
    shared,
    teams,
    contacts,
    authenticate,
    logger,
    metrics,
    tracer,
    now,
    newId: randomUUID,
    random: Math.random,
    supergraphPollMs,
    unready: async () => {
      const parts = await Promise.all([missing('teams', config.teamsUrl), missing('contacts', config.contactsUrl)]);
      return [...(keys.areKnown() ? [] : ['signing keys of the SSO']), ...unreadyWithout(parts)];
    },
    sandboxToken,
  });
  const onHangUp = (): void => {
    gateway.reload().catch((error: unknown) => logger.error({ err: error }, 'reading the supergraph again failed'));
  };
  process.on('SIGHUP', onHangUp);
  const close = async (): Promise<void> => {
    process.off('SIGHUP', onHangUp);
    await gateway.close();
    keys.close();
    await Promise.all([teams.close(), contacts.close(), shared?.close()]);
    await tracer?.close();
  };
  try {
    const { url } = await gateway.listen(config);
    logger.info({ url: `${url}/graphql` }, 'gateway is listening');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** One part that is missing leaves half of the answers (SPEC §3.1); only when there is none to ask is nothing answered. */
export const unreadyWithout = (parts: readonly (readonly string[])[]): readonly string[] => (parts.every((part) => part.length > 0) ? parts.flat() : []);

const missing = async (part: string, url: URL): Promise<readonly string[]> => {
  const ready = new URL('health/ready', url.href.endsWith('/') ? url : `${url.href}/`);
  try {
    const answer = await fetch(ready, { signal: AbortSignal.timeout(readyWithinMs) });
    await answer.body?.cancel();
    return answer.ok ? [] : [part];
  } catch {
    return [part];
  }
};
