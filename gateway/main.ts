import { run } from '../subgraphs/shared/process.ts';
import { readGatewayConfig } from './config.ts';
import { startGateway } from './process.ts';

await run('gateway', readGatewayConfig, startGateway);
