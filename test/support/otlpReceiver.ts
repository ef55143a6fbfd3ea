import { z } from 'zod';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { json, listen } from '../../subgraphs/shared/server.ts';

const value = z.object({ stringValue: z.string().optional(), intValue: z.union([z.string(), z.number()]).optional(), doubleValue: z.number().optional(), boolValue: z.boolean().optional() });
const attributes = z.array(z.object({ key: z.string(), value })).transform((all) => Object.fromEntries(all.map(({ key, value: given }) => [key, Object.values(given)[0]])));
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
});
const exported = z.object({
  resourceSpans: z.array(z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

/** A span as it was exported, with the service that made it. */
export type ReceivedSpan = z.output<typeof span> & Readonly<{ service: string }>;

/** A real OTLP/HTTP receiver on a free port. */
export const startOtlpReceiver = async () => {
  const texts: string[] = [];
  const headers: Record<string, unknown>[] = [];
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ name: 'receiver', level: 'silent' }),
    maxBodyBytes: 50_000_000,
    handler: (request) => {
      if (request.path !== '/v1/traces') return Promise.resolve(undefined);
      texts.push(request.body);
      headers.push(request.headers);
      return Promise.resolve(json(200, {}));
    },
  });
  return {
    url: new URL(listening.url),
    /** Everything that was sent, as it was. */
    texts: (): readonly string[] => texts,
    headers: (): readonly Record<string, unknown>[] => headers,
    spans: (): readonly ReceivedSpan[] =>
      texts.flatMap((text) =>
        exported.parse(JSON.parse(text)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map((each) => ({ ...each, service: String(resource.attributes['service.name']) }))),
        ),
      ),
    close: listening.close,
  };
};
