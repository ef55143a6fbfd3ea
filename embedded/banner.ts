import { demoCompanies, demoServices } from './demo/data.ts';

export type BannerFacts = Readonly<{
  /** `http://127.0.0.1:4000/graphql` */
  url: string;
  /** `PGlite, in memory`; where the data is. */
  postgres: string;
  mongo: string;
  /** Milliseconds from the installed packages to now. */
  readyInMs: number;
  token: (key: string) => string;
}>;

/** What `npm start` prints when it is ready: where, as whom, and three commands to paste. */
export const banner = ({ url, postgres, mongo, readyInMs, token }: BannerFacts): string => {
  const push = JSON.stringify({
    query:
      'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id status total } } }',
    variables: {
      input: { app: 'CHAT', items: [{ companySsoId: demoCompanies[0].id, appIdentifierId: '5001', name: 'Night Shift' }] },
    },
  });
  return [
    '',
    `One Team is ready (${(readyInMs / 1000).toFixed(1)} s)`,
    '',
    `  Endpoint  ${url}   queries and mutations; subscriptions over WebSocket at the same address`,
    `  Browser   ${url}   Apollo Sandbox; ${new URL('/graphiql', url).href}   GraphiQL, needs no internet; both with Zhelia's token`,
    `  Health    ${new URL('/health/ready', url).href}, ${new URL('/metrics', url).href}`,
    `  Data      ${postgres}; ${mongo}`,
    '',
    'Tokens of people, good for 12 hours',
    ...demoCompanies.flatMap(({ name, people }) => [
      `  ${name}`,
      ...people.flatMap(({ key, fullName, role, about }) => [`    ${key}: ${fullName}, ${role}, ${about}`, `      ${token(key)}`]),
    ]),
    'Tokens of services',
    ...demoServices.flatMap(({ key, scopes, about }) => [`    ${key}: ${about} (${scopes.join(' ')})`, `      ${token(key)}`]),
    '',
    'Three commands to paste',
    `  # what Zhelia sees`,
    `  ${curl(url, token('zhelia'), JSON.stringify({ query: '{ me { teams { name } } contacts { totalCount nodes { name teamOwners { name } } } }' }))}`,
    `  # the Chat squad pushes a division`,
    `  ${curl(url, token('chat'), push)}`,
    `  # the whole story`,
    `  npm run demo${url === 'http://127.0.0.1:4000/graphql' ? '' : ` -- --url ${url}`}`,
    '',
    'Ctrl-C stops it. Another port: npm start -- --port 4100, or PORT=4100 npm start',
    '',
  ].join('\n');
};

const curl = (url: string, token: string, body: string): string =>
  `curl -s ${url} -H 'content-type: application/json' -H 'authorization: Bearer ${token}' -d '${body}'`;
