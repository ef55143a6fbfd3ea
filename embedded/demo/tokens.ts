import { fileURLToPath } from 'node:url';
import { dataFolder } from '../config.ts';
import { createDemoIssuer, type Mint } from '../issuer.ts';
import { demoCompanies, demoPersonId, demoServices } from './data.ts';

const lifetimeSeconds = 12 * 3_600;

/** A token for each person and service of the demo, by key. The lookup throws for an unknown key. */
export const mintDemoTokens = async (mint: Mint): Promise<(key: string) => string> => {
  const people = demoCompanies.flatMap((company) =>
    company.people.map(({ key }) => ({ key, claims: { sub: demoPersonId(key), company_sso_id: company.id } })),
  );
  const services = demoServices.map(({ key, sub, scopes }) => ({ key, claims: { sub, scope: scopes.join(' ') } }));
  const minted = await Promise.all(
    [...people, ...services].map(async ({ key, claims }) => [key, await mint(claims, { expiresIn: lifetimeSeconds })] as const),
  );
  const tokens = new Map(minted);
  return (key) => {
    const token = tokens.get(key);
    if (token === undefined) throw new Error(`The demo has no ${key}; it has ${[...tokens.keys()].join(', ')}.`);
    return token;
  };
};

/** The demo's tokens, signed with the key that this checkout's issuer keeps. */
export const demoTokens = async (): Promise<(key: string) => string> => {
  const { mint } = await createDemoIssuer({ folder: fileURLToPath(dataFolder), now: Date.now });
  return mintDemoTokens(mint);
};
