import { createLogger } from '../subgraphs/shared/logger.ts';
import { untilSignal } from '../subgraphs/shared/process.ts';
import { readGatewayConfig } from './config.ts';
import { startGateway } from './process.ts';

const config = readGatewayConfig();
const logger = createLogger({ name: 'gateway', level: config.logLevel });
const { url, close } = await startGateway(config);
logger.info({ url: `${url}/graphql` }, 'gateway is ready');
untilSignal(close, logger);
