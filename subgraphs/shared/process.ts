import { setTimeout as timer } from 'node:timers/promises';
import { createLogger, type Logger, type LogLevel } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { callHeader, type Endpoint, traceHeader } from './peer.ts';
import { type HttpHandler, json, listen, type Listening } from './server.ts';

/** A part of the system that runs in a process, alone or with others. */
export type Part = Readonly<{
  /** The door for signed calls. */
  endpoint: Endpoint;
  /** What it depends on and cannot use now; empty when it is ready. Takes 2 s at most. */
  unready(): Promise<readonly string[]>;
  /** Stops its background work and lets its connections go. */
  close(): Promise<void>;
}>;

export type ServeOptions = Readonly<{
  host: string;
  port: number;
  logger: Logger;
  metrics: Metrics;
  maxBodyBytes: number;
  /** Milliseconds between saying that it is not ready any more and closing the port, for load balancers to notice. Default 0. */
  drainMs?: number;
}>;

/**
 * Serves a part over HTTP: `POST /internal/<operation>`, `/health/live`, `/health/ready`, `/metrics`. `close` turns readiness false, waits
 * `drainMs`, and closes the port. @throws PortTaken
 */
export const servePart = async (part: Part, options: ServeOptions): Promise<Listening> => {
  const unready = (): Promise<readonly string[]> => (listening.isDraining() ? Promise.resolve([stopping]) : part.unready());
  const health = healthHandler(unready, options.metrics);
  const calls = callHandler(part.endpoint);
  const listening = await listen({ ...options, handler: async (request) => (await calls(request)) ?? health(request) });
  return { ...listening, close: () => drained([listening], options.drainMs ?? 0).then(() => listening.close(options.drainMs)) };
};

/** `POST /internal/<operation>`: signed calls. One that waited here until its caller hung up is not begun. */
export const callHandler =
  (endpoint: Endpoint): HttpHandler =>
  async (request) => {
    const operation = /^\/internal\/([A-Za-z]+)$/.exec(request.path)?.[1];
    if (operation === undefined || request.method !== 'POST') return undefined;
    if (request.isGone()) return json(503, null);
    const [token, traceparent] = [callHeader, traceHeader].map((name) => request.headers[name]);
    const reply = await endpoint(operation, request.body, textOf(token), textOf(traceparent));
    return json(reply.status, reply.body);
  };

const textOf = (header: string | string[] | undefined): string | undefined => (typeof header === 'string' ? header : undefined);

/** What `/health/ready` says during the stop. */
export const stopping = 'it is stopping';

/** Says that some servers are about to stop, and gives those who send to them time to hear it. */
export const drained = async (listening: readonly Listening[], drainMs: number): Promise<void> => {
  for (const each of listening) each.drain();
  if (drainMs > 0) await timer(drainMs);
};

/**
 * `GET /health/live`: 200 while the process runs. `/health/ready`: 503 with what is missing; `about` is said besides and changes nothing.
 * `/metrics`: Prometheus text.
 */
export const healthHandler =
  (unready: Part['unready'], metrics: Metrics, about: () => object = () => ({})): HttpHandler =>
  async ({ method, path }) => {
    if (method !== 'GET') return undefined;
    switch (path) {
      case '/health/live':
        return json(200, { status: 'live' });
      case '/health/ready': {
        const missing = await unready();
        return json(missing.length === 0 ? 200 : 503, { status: missing.length === 0 ? 'ready' : 'not ready', missing, ...about() });
      }
      case '/metrics':
        return { status: 200, headers: { 'content-type': metrics.registry.contentType }, body: await metrics.registry.metrics() };
      default:
        return undefined;
    }
  };

/**
 * The whole life of a process: reads its configuration, starts, and runs until a signal. What prevents the start is one message on
 * standard error, without a stack, and exit code 1.
 */
export const run = async <C extends Readonly<{ logLevel: LogLevel }>>(
  name: string,
  readConfig: () => C,
  start: (config: C) => Promise<Readonly<{ close(): Promise<void> }>>,
): Promise<void> => {
  try {
    const config = readConfig();
    const running = await start(config);
    untilSignal(running.close, createLogger({ name, level: config.logLevel }));
  } catch (error) {
    console.error(`${name} does not start. ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
};

/** Runs until SIGINT or SIGTERM, then closes once and exits 0; a second signal, or 30 s, ends it at once with 1. */
export const untilSignal = (close: () => Promise<void>, logger: Logger): void => {
  let closing = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (closing) process.exit(1);
    closing = true;
    setTimeout(() => process.exit(1), 30_000).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error, signal }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
};
