import type { Logger } from './logger.ts';
import type { Tracer } from './tracing.ts';

export const samplers = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;
export type SamplerName = (typeof samplers)[number];

/** Where spans are sent, and which. */
export type TracingConfig = Readonly<{
  /** An OTLP/HTTP receiver; spans go to `v1/traces` below it. */
  endpoint: URL;
  headers: Readonly<Record<string, string>>;
  /** What the part is called there; undefined: `one-team-<part>`. */
  serviceName: string | undefined;
  sampler: SamplerName;
  /** Of the `…traceidratio` samplers, 0–1. */
  ratio: number;
}>;

/** What the variables come to; null without an endpoint: no spans are made. */
export const tracingOf = (variables: Readonly<{
  OTEL_EXPORTER_OTLP_ENDPOINT?: URL | undefined;
  OTEL_EXPORTER_OTLP_HEADERS?: Readonly<Record<string, string>> | undefined;
  OTEL_SERVICE_NAME?: string | undefined;
  OTEL_TRACES_SAMPLER: SamplerName;
  OTEL_TRACES_SAMPLER_ARG: number;
}>): TracingConfig | null => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers = {}, OTEL_SERVICE_NAME: serviceName } = variables;
  return endpoint === undefined ? null : { endpoint, headers, serviceName, sampler: variables.OTEL_TRACES_SAMPLER, ratio: variables.OTEL_TRACES_SAMPLER_ARG };
};

/** The tracer of a part; null when none is configured. The libraries are loaded only when they are used: they cost memory and a moment at start. */
export const createTracer = async (config: TracingConfig | null, part: string, logger: Logger): Promise<Tracer | null> => {
  if (config === null) return null;
  const { createOpenTelemetry } = await import('./openTelemetry.ts');
  return createOpenTelemetry(config, config.serviceName ?? `one-team-${part}`, logger);
};
