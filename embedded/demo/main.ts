import { endpointOf } from '../config.ts';
import { demoTokens } from './tokens.ts';
import { connect } from './client.ts';
import { tellStory } from './story.ts';

/** `npm run demo [-- --url http://127.0.0.1:4000/graphql]`: tells the story against a running system. */
const url = endpointOf(process.argv.slice(2));

const isThere = await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(2_000) }).then(
  ({ ok }) => ok,
  () => false,
);
if (!isThere) {
  console.error(`Nothing answers at ${url}. Start it with: npm start   (another address: npm run demo -- --url http://host:port/graphql)`);
  process.exit(1);
}

const tokens = await demoTokens();
await tellStory({ as: (key) => connect(url, tokens(key)), print: (line = '') => console.log(line) });
process.exit(0);
