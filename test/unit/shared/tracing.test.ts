import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { processVariables, readEnvironment } from '../../../subgraphs/shared/environment.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';
import { connectHttp, createEndpoint } from '../../../subgraphs/shared/peer.ts';
import { servePart } from '../../../subgraphs/shared/process.ts';
import { createMetrics } from '../../../subgraphs/shared/metrics.ts';
import { createServed } from '../../../subgraphs/shared/served.ts';
import { beginning, currentSpan, type Root, span, spanOfSync, type Tracer } from '../../../subgraphs/shared/tracing.ts';
import { createTracer, type SamplerName, type TracingConfig, tracingOf } from '../../../subgraphs/shared/tracingConfig.ts';
import { startOtlpReceiver } from '../../support/otlpReceiver.ts';
import { testKeys } from '../../support/subgraphDouble.ts';
import { z } from 'zod';

const logger = createLogger({ name: 'test', level: 'silent' });
let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(() => receiver.close());

const tracerTo = async (endpoint: URL, sampler: SamplerName = 'parentbased_always_on', ratio = 1): Promise<Tracer> => {
  const config: TracingConfig = { endpoint, headers: {}, serviceName: 'test', sampler, ratio };
  const tracer = await createTracer(config, 'test', logger);
  if (tracer === null) throw new Error('no tracer');
  return tracer;
};
const root = (tracer: Tracer | null, more: Partial<Root> = {}): Root => ({ name: 'root', kind: 'server', attributes: {}, tracer, ...more });
const shown = () => receiver.spans().map(({ name, status, attributes }) => [name, status.code ?? 0, attributes['error.type'] ?? null]);

class CannotSay extends Error {
  override readonly name = 'CannotSay';
}
const fault = () => new CannotSay('sekar@example.com is taken');

describe('a span', () => {
  test('of work that fails says so with the kind of the error, never its text; what only waits for it is as it was', async () => {
    const tracer = await tracerTo(receiver.url);
    const work = beginning(root(tracer), async () => {
      await span('good', {}, () => Promise.resolve());
      expect(() => spanOfSync('sync', {}, () => { throw fault(); })).toThrow(CannotSay);
      return span('bad', {}, () => Promise.reject(fault()));
    });
    await expect(work).rejects.toThrow(CannotSay);
    await tracer.close();
    expect(shown().toSorted()).toEqual([['bad', 2, 'CannotSay'], ['good', 0, null], ['root', 2, 'CannotSay'], ['sync', 2, 'CannotSay']]);
    expect(receiver.texts().join('')).not.toContain('sekar');
  });

  test('is not made where no trace began, and none of a trace that is not kept', async () => {
    const tracer = await tracerTo(receiver.url, 'parentbased_traceidratio', 0);
    await span('nowhere', {}, () => Promise.resolve());
    expect(await beginning(root(null), () => span('off', {}, () => Promise.resolve(currentSpan())))).toBeNull();
    const traceparent = await beginning(root(tracer), () => span('left out', {}, () => Promise.resolve(currentSpan()?.traceparent)));
    await tracer.close();
    expect([receiver.texts(), traceparent?.slice(-3)]).toEqual([[], '-00']);
  });

  test('belongs to the trace that a caller names, as W3C writes it; what is none begins another', async () => {
    const tracer = await tracerTo(receiver.url);
    const [trace, parent] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const good = [`00-${trace}-${parent}-01`, `cc-${trace}-${parent}-01-what-the-future-will-be-like`];
    const none = ['', 'no', `00-${trace}-${parent}`, `00-${'0'.repeat(32)}-${parent}-01`, `00-${trace}-${'0'.repeat(16)}-01`, `ff-${trace}-${parent}-01`, `00-${trace.toUpperCase()}-${parent}-01`, `00-${trace}-${parent}-01-x`];
    for (const given of [...good, ...none]) await beginning(root(tracer, { name: given, parent: given }), () => Promise.resolve());
    await beginning(root(tracer, { name: 'not kept', parent: `00-${trace}-${parent}-00` }), () => Promise.resolve());
    await tracer.close();
    expect(receiver.spans().filter(({ traceId, parentSpanId }) => traceId === trace && parentSpanId === parent).map(({ name }) => name)).toEqual(good);
    expect(receiver.spans()).toHaveLength(good.length + none.length);
  });
});

test('a call over HTTP takes its trace along; a header that is changed on the way changes the trace and nothing else', async () => {
  const tracer = await tracerTo(receiver.url);
  const metrics = createMetrics('teams', logger);
  const served = createServed('teams', metrics.registry, tracer);
  const endpoint = createEndpoint('teams', { people: (claims) => Promise.resolve({ status: 200, body: claims.correlationId }) }, testKeys, Date.now, served);
  const part = { endpoint, unready: () => Promise.resolve([]), close: () => Promise.resolve() };
  const listening = await servePart(part, { host: '127.0.0.1', port: 0, logger, metrics, maxBodyBytes: 1_000 });
  const peer = connectHttp({ caller: 'contacts', audience: 'teams', keys: testKeys, now: Date.now }, new URL(listening.url));
  const call = () => peer.call({ operation: 'people', body: {}, viewer: null, deadline: Date.now() + 20_000, correlationId: 'one' });
  expect(await beginning(root(tracer), call)).toEqual({ status: 200, body: 'one' });
  expect(await call()).toEqual({ status: 200, body: 'one' });
  const unsigned = await fetch(`${listening.url}/internal/people`, { method: 'POST', body: '{}', headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
  expect(unsigned.status).toBe(401);
  await Promise.all([peer.close(), listening.close()]);
  await tracer.close();
  const [server, client, begun] = ['teams people', 'call teams people', 'root'].map((name) => receiver.spans().filter((each) => each.name === name));
  expect([server?.length, client?.length, server?.[0]?.parentSpanId, client?.[0]?.parentSpanId]).toEqual([1, 1, client?.[0]?.spanId, begun?.[0]?.spanId]);
  expect(await metrics.registry.getSingleMetricAsString('one_team_served_calls_total')).toMatch(/operation="people",code="OK",process="teams"} 2\n.*operation="none",code="UNAUTHENTICATED",process="teams"} 1/);
});

test('without an endpoint there is no tracer', async () => {
  const variables = readEnvironment('test', z.object(processVariables), { INTERNAL_SIGNING_KEYS: 'k'.repeat(32) });
  expect(await createTracer(tracingOf(variables), 'test', logger)).toBeNull();
});

test('the variables are OpenTelemetry’s own, and each fault is told', () => {
  const read = (env: Record<string, string>) => tracingOf(readEnvironment('test', z.object(processVariables), { INTERNAL_SIGNING_KEYS: 'k'.repeat(32), ...env }));
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/base', OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20abc, x-scope=one', OTEL_SERVICE_NAME: 'edge', OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
  expect(read(all)).toEqual({ endpoint: new URL(all.OTEL_EXPORTER_OTLP_ENDPOINT), headers: { authorization: 'Basic abc', 'x-scope': 'one' }, serviceName: 'edge', sampler: 'traceidratio', ratio: 0.25 });
  const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector', OTEL_EXPORTER_OTLP_HEADERS: 'secret', OTEL_TRACES_SAMPLER: 'sometimes', OTEL_TRACES_SAMPLER_ARG: '2' };
  const told = () => read(wrong);
  for (const name of Object.keys(wrong)) expect(told).toThrow(name);
  expect(told).not.toThrow('secret');
});

test('a receiver that never answers does not keep a process from stopping', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const tracer = await tracerTo(new URL(`http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`));
  await beginning(root(tracer), () => Promise.resolve());
  await tracer.close();
  silent.close();
});
