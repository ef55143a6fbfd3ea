import { Counter, Gauge, type Registry } from 'prom-client';
import { within } from './within.ts';

/** A value that was read, with its labels. */
export type Sample = Readonly<{ labels?: Readonly<Record<string, string>>; value: number }>;

/** What was read, by metric. */
export type Read = Readonly<Record<string, readonly Sample[]>>;

export type ReadingOptions = Readonly<{
  registry: Registry;
  /** What is read, for the metric that counts failures. */
  name: string;
  /** The gauges, each with its help and the names of its labels. */
  gauges: Readonly<Record<string, Readonly<{ help: string; labels?: readonly string[] }>>>;
  /** Reads all of them at once. A gauge that it leaves out has no value. */
  read: () => Promise<Read>;
  /** Milliseconds that what was read is good for: however often `/metrics` is asked, the database is not asked more. */
  keptMs: number;
  /** Milliseconds since any fixed moment. */
  now: () => number;
}>;

/** Longest time that `/metrics` waits for a database. */
const waitMs = 1_500;

/**
 * Gauges of what stands in a database: read when `/metrics` is asked, at most once in `keptMs`. What cannot be read in time has no value
 * (never an old one), and is counted in `one_team_readings_failed_total`. Every process of a part reads the same: take `max`, not `sum`, over them.
 */
export const addReadings = ({ registry, name, gauges, read, keptMs, now }: ReadingOptions): void => {
  const failures = failureCounter(registry);
  failures.inc({ reading: name }, 0);
  let last: Readonly<{ at: number; values: Promise<Read> }> | undefined;
  const current = (): Promise<Read> => {
    if (last !== undefined && now() - last.at < keptMs) return last.values;
    const values = within(waitMs, read(), () => new Error(`${name} was not read within ${String(waitMs)} ms`)).catch((): Read => {
      failures.inc({ reading: name });
      last = undefined;
      return {};
    });
    last = { at: now(), values };
    return values;
  };
  for (const [metric, { help, labels = [] }] of Object.entries(gauges)) {
    new Gauge({
      name: metric,
      help,
      labelNames: [...labels],
      registers: [registry],
      async collect() {
        const samples = (await current())[metric] ?? [];
        this.reset();
        // one without labels is 0 after a reset
        if (samples.length === 0 && labels.length === 0) this.remove();
        for (const sample of samples) this.set(sample.labels ?? {}, sample.value);
      },
    });
  }
};

const counters = new WeakMap<Registry, Counter<'reading'>>();

const failureCounter = (registry: Registry): Counter<'reading'> => {
  const known = counters.get(registry);
  if (known !== undefined) return known;
  const made = new Counter({
    name: 'one_team_readings_failed_total',
    help: 'Readings of a database for /metrics that failed or took too long.',
    labelNames: ['reading'],
    registers: [registry],
  });
  counters.set(registry, made);
  return made;
};
