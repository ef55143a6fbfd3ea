import { startTeams } from '../subgraphs/teams/process.ts';
import { readTeamsConfig } from '../subgraphs/teams/config.ts';
import { environment } from './config.ts';
import { prepareTeamsDatabase } from './prepareTeams.ts';
import { runAlone } from './runAlone.ts';
import { sharedDevKey, somePostgres } from './standIns.ts';

/** `npm run start:teams`: the teams subgraph alone; without DATABASE_URL on an embedded Postgres with the demo's companies. */
await runAlone('teams', async () => {
  const env = environment();
  const postgres = await somePostgres(env['DATABASE_URL']);
  if (env['DATABASE_URL'] === undefined) await prepareTeamsDatabase(postgres.url);
  const config = readTeamsConfig({ INTERNAL_SIGNING_KEYS: await sharedDevKey(), ...env, DATABASE_URL: postgres.url });
  const { url, close } = await startTeams(config);
  return { url, about: postgres.name, close: () => close().then(postgres.close) };
});
