import { run } from '../shared/process.ts';
import { readContactsConfig } from './config.ts';
import { startContacts } from './process.ts';

await run('contacts', readContactsConfig, startContacts);
