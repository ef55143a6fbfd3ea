import { readGatewayConfig } from '../gateway/config.ts';
import { startGateway } from '../gateway/process.ts';
import { createLogger } from '../subgraphs/shared/logger.ts';
import { environment } from './config.ts';
import { mintDemoTokens } from './demo/tokens.ts';
import { startIssuer } from './issuer.ts';
import { runAlone } from './runAlone.ts';
import { devFolder, sharedDevKey } from './standIns.ts';

/** `npm run start:gateway`: the gateway alone; without SSO_JWKS_URL it trusts the demo issuer, which it brings along. */
await runAlone('gateway', async () => {
  const env = environment();
  const key = await sharedDevKey();
  if (env['SSO_JWKS_URL'] !== undefined) {
    const { url, close } = await startGateway(readGatewayConfig({ INTERNAL_SIGNING_KEYS: key, ...env }));
    return { url: `${url}/graphql`, about: `tokens of ${env['SSO_ISSUER'] ?? ''}`, close };
  }
  const issuer = await startIssuer({
    folder: devFolder(),
    port: 0,
    now: Date.now,
    logger: createLogger({ name: 'issuer', level: 'warn' }),
  });
  const sso = { SSO_ISSUER: issuer.issuer, SSO_AUDIENCE: issuer.audience, SSO_JWKS_URL: issuer.jwksUrl };
  const token = (await mintDemoTokens(issuer.mint))('zhelia');
  const { url, close } = await startGateway(readGatewayConfig({ INTERNAL_SIGNING_KEYS: key, ...env, ...sso }), token);
  return { url: `${url}/graphql`, about: `tokens of the demo issuer, such as Zhelia's:\n  ${token}`, close: () => close().then(issuer.close) };
});
