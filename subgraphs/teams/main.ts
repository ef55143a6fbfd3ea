import { createLogger } from '../shared/logger.ts';
import { untilSignal } from '../shared/process.ts';
import { readTeamsConfig } from './config.ts';
import { startTeams } from './process.ts';

const config = readTeamsConfig();
const running = await startTeams(config);
untilSignal(running.close, createLogger({ name: 'teams', level: config.logLevel }));
