import { createLogger } from '../shared/logger.ts';
import { untilSignal } from '../shared/process.ts';
import { readContactsConfig } from './config.ts';
import { startContacts } from './process.ts';

const config = readContactsConfig();
const running = await startContacts(config);
untilSignal(running.close, createLogger({ name: 'contacts', level: config.logLevel }));
