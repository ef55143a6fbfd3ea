import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { untilSignal } from '../../subgraphs/shared/process.ts';
import { listen } from '../../subgraphs/shared/server.ts';
import { createBareGateway } from './bareGateway.ts';
import { plainSource } from './plainSource.ts';
import { chosenUrls, subgraphUrls } from './subgraphUrls.ts';

/**
 * `npm run bench:bare-gateway -- --supergraph file.graphql [--subgraph name=url …] [--port 4000] [--host 127.0.0.1]`: our gateway over any
 * supergraph, without sign-in. Subgraphs are asked over plain HTTP where the file says, or where `--subgraph` does. Prints its URL.
 */
const start = async (): Promise<void> => {
  if (process.env['NODE_ENV'] === 'production') throw new Error('NODE_ENV is production: a gateway without sign-in is for measuring and comparing only.');
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { supergraph: text, subgraph: { ...text, multiple: true }, port: { ...text, default: '4000' }, host: { ...text, default: '127.0.0.1' } } });
  if (values.supergraph === undefined) throw new Error('Which supergraph? --supergraph file.graphql');
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`--port is ${JSON.stringify(values.port)}: must be a whole number from 0 to 65535`);
  const sdl = readFileSync(values.supergraph, 'utf8');
  const logger = createLogger({ name: 'bare gateway', level: 'error' });
  const connected = new Map([...chosenUrls(subgraphUrls(sdl), values.subgraph ?? [])].map(([name, url]) => [name, plainSource(url)]));
  const sources = Object.fromEntries([...connected].map(([name, { source }]) => [name, source]));
  const { handler } = createBareGateway({ sdl, sources, logger });
  const listening = await listen({ host: values.host, port, logger, maxBodyBytes: 16_777_216, handler });
  console.log(`${listening.url}/graphql`);
  const close = async (): Promise<void> => {
    await listening.close();
    await Promise.all([...connected.values()].map((each) => each.close()));
  };
  untilSignal(close, logger);
};

await start().catch((error: unknown) => {
  console.error(`The bare gateway does not start. ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
