import { createLogger } from '../subgraphs/shared/logger.ts';
import { untilSignal } from '../subgraphs/shared/process.ts';
import { banner } from './banner.ts';
import { readEmbeddedConfig, refuseProduction } from './config.ts';
import { reportFault } from './runAlone.ts';
import { devFolder, sharedDevKey } from './standIns.ts';
import { startSystem } from './system.ts';

/** `npm start`: the whole system in one process, with demo data; for evaluation and development. */
try {
  refuseProduction();
  const config = readEmbeddedConfig(await sharedDevKey());
  const system = await startSystem({ ...config, issuerFolder: devFolder() });
  console.log(banner({ ...system, readyInMs: performance.measure('ready', 'prepared').duration }));
  const close = async (): Promise<void> => {
    await system.close();
    console.log('Stopped.');
  };
  untilSignal(close, createLogger({ name: 'embedded', level: config.logLevel }));
} catch (error) {
  reportFault(error, 'npm start');
}
