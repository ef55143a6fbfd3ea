import { startContacts } from '../subgraphs/contacts/process.ts';
import { readContactsConfig } from '../subgraphs/contacts/config.ts';
import { environment } from './config.ts';
import { seedContacts } from './demo/seedContacts.ts';
import { runAlone } from './runAlone.ts';
import { sharedDevKey, someMongo } from './standIns.ts';

/** `npm run start:contacts`: the contacts subgraph alone; without MONGODB_URL on the embedded server with the demo's customers. */
await runAlone('contacts', async () => {
  const env = environment();
  const mongo = await someMongo(env['MONGODB_URL'], env['MONGODB_DATABASE'] ?? 'one_team');
  const config = readContactsConfig({ INTERNAL_SIGNING_KEYS: await sharedDevKey(), ...env, MONGODB_URL: mongo.url });
  const { url, close } = await startContacts(config);
  if (env['MONGODB_URL'] === undefined) await seedContacts({ url: mongo.url, database: config.mongoDatabase, now: Date.now() });
  return { url, about: mongo.name, close: () => close().then(mongo.close) };
});
