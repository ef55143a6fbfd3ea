import { type Link, ROOT_CONTEXT, type Span as OpenSpan, type SpanContext, SpanKind as Kind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Logger } from './logger.ts';
import type { Span, SpanKind, Tracer } from './tracing.ts';
import type { SamplerName, TracingConfig } from './tracingConfig.ts';
import { within } from './within.ts';

/** Longest time that sending what is left may take at the end, in milliseconds. */
const flushMs = 3_000;
/** Longest time of one export. */
const exportMs = 5_000;

/** Sends spans to an OTLP/HTTP receiver, in batches, in the background. A receiver that is away costs spans, never requests. */
export const createOpenTelemetry = (config: TracingConfig, serviceName: string, logger: Logger): Tracer => {
  const exporter = new OTLPTraceExporter({ url: tracesUrl(config.endpoint), headers: { ...config.headers }, timeoutMillis: exportMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: serviceName }),
    sampler: samplerOf(config.sampler, config.ratio),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('one-team');
  return {
    start: (name, { kind, attributes, parent, links = [] }) => {
      const above = contextOf(parent);
      const linked = links.flatMap((link): Link[] => {
        const context = contextOf(link);
        return context === undefined ? [] : [{ context }];
      });
      const options = { kind: kinds[kind], attributes, links: linked, root: above === undefined };
      return spanOf(tracer.startSpan(name, options, above === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above)));
    },
    close: () =>
      within(flushMs, provider.shutdown(), () => new Error(`not within ${String(flushMs)} ms`)).catch((error: unknown) => {
        logger.warn({ err: error }, 'the last spans could not be sent');
      }),
  };
};

const kinds = { internal: Kind.INTERNAL, server: Kind.SERVER, client: Kind.CLIENT, consumer: Kind.CONSUMER } as const satisfies Record<SpanKind, Kind>;

const spanOf = (open: OpenSpan): Span => {
  const { traceId, spanId, traceFlags } = open.spanContext();
  return {
    traceId,
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    isKept: open.isRecording(),
    set: (attributes) => void open.setAttributes(attributes),
    rename: (name) => void open.updateName(name),
    fail: (kind) => void open.setStatus({ code: SpanStatusCode.ERROR, message: kind }).setAttribute('error.type', kind),
    end: () => open.end(),
  };
};

/** The W3C header: version, trace, parent and flags; a later version may have more. Undefined: none, or not one. */
const contextOf = (traceparent: string | undefined): SpanContext | undefined => {
  const [, version = 'ff', traceId = '', spanId = '', flags = '00', more = ''] = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent ?? '') ?? [];
  if (version === 'ff' || (version === '00' && more !== '') || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
};

const tracesUrl = (endpoint: URL): string => new URL('v1/traces', endpoint.href.endsWith('/') ? endpoint : `${endpoint.href}/`).href;

const samplerOf = (name: SamplerName, ratio: number): Sampler => {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
    default:
      return name satisfies never;
  }
};
