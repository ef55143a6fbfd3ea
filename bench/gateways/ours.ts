import { demoAudience, demoIssuerName, startIssuer } from '../../embedded/issuer.ts';
import { readGatewayConfig } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/process.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';

/** Our gateway as production runs it, with authentication, signing, limits and shield, over the subgraphs at the URL given. Prints its URL and a token. */
const [subgraphs = ''] = process.argv.slice(2);
const issuer = await startIssuer({ port: 0, now: Date.now, logger: createLogger({ name: 'issuer', level: 'fatal' }) });
const { url } = await startGateway(
  readGatewayConfig({
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'fatal',
    INTERNAL_SIGNING_KEYS: 'a-signing-key-that-only-this-bench-uses',
    TEAMS_URL: `${subgraphs}/teams`,
    CONTACTS_URL: `${subgraphs}/contacts`,
    SSO_ISSUER: demoIssuerName,
    SSO_AUDIENCE: demoAudience,
    SSO_JWKS_URL: issuer.jwksUrl,
    // counted like any others, and never too many: one person asks everything here
    RATE_PER_PERSON: '1000000000',
    RATE_PER_COMPANY: '1000000000',
  }),
);
const token = await issuer.mint({ sub: '00000000-0000-4000-8000-000000000001', company_sso_id: '00000000-0000-4000-8000-000000000002' });
process.on('SIGINT', () => process.exit(0));
process.stdout.write(`${url}/graphql ${token}\n`);
