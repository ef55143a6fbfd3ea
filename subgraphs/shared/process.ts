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

export type ServeOptions = Readonly<{ host: string; port: number; logger: Logger; metrics: Metrics; maxBodyBytes: number }>;

/** Serves a part over HTTP: `POST /internal/<operation>`, `/health/live`, `/health/ready`, `/metrics`. @throws PortTaken */
export const servePart = (part: Part, options: ServeOptions): Promise<Listening> =>
  listen({
    ...options,
    handler: async (request) => {
      const operation = /^\/internal\/([A-Za-z]+)$/.exec(request.path)?.[1];
      if (operation === undefined || request.method !== 'POST') return healthHandler(part.unready, options.metrics)(request);
      const [token, traceparent] = [callHeader, traceHeader].map((name) => request.headers[name]);
      const reply = await part.endpoint(operation, request.body, textOf(token), textOf(traceparent));
      return json(reply.status, reply.body);
    },
  });

const textOf = (header: string | string[] | undefined): string | undefined => (typeof header === 'string' ? header : undefined);

/** `GET /health/live`: 200 while the process runs. `/health/ready`: 503 with what is missing. `/metrics`: Prometheus text. */
export const healthHandler =
  (unready: Part['unready'], metrics: Metrics): HttpHandler =>
  async ({ method, path }) => {
    if (method !== 'GET') return undefined;
    switch (path) {
      case '/health/live':
        return json(200, { status: 'live' });
      case '/health/ready': {
        const missing = await unready();
        return json(missing.length === 0 ? 200 : 503, { status: missing.length === 0 ? 'ready' : 'not ready', missing });
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
