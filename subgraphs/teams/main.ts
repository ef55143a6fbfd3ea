import { run } from '../shared/process.ts';
import { readTeamsConfig } from './config.ts';
import { startTeams } from './process.ts';

await run('teams', readTeamsConfig, startTeams);
