import { AsyncLocalStorage } from 'node:async_hooks';

/** What a span says: ids, names of operations, collections and statements. Never a value of an argument, a token or personal data. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Whose side of a call a span is on. */
export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';

/** A stretch of work that has begun. */
export type Span = Readonly<{
  traceId: string;
  /** W3C `traceparent` of what this span causes. */
  traceparent: string;
  /** False: nobody keeps it, and nothing below it need be made. */
  isKept: boolean;
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** Marks it as failed; `kind` is an error's name or code, never its text. */
  fail(kind: string): void;
  end(): void;
}>;

export type SpanStart = Readonly<{
  kind: SpanKind;
  attributes: Attributes;
  /** W3C `traceparent` of what it belongs to. */
  parent?: string | undefined;
  /** `traceparent`s of what it has to do with, without belonging to it. */
  links?: readonly (string | undefined)[];
}>;

/** Makes the spans of one part. What is sent, and where to, is `openTelemetry.ts`. */
export type Tracer = Readonly<{ start(name: string, start: SpanStart): Span; close(): Promise<void> }>;

type Here = Readonly<{ tracer: Tracer; span: Span }>;

// Only what is traced goes by here: on Node 20 and 22 a store that is in use makes every promise of the process dearer, a lookup by a fifth.
const here = new AsyncLocalStorage<Here>();

/** The span that is open where this is called; null: none. */
export const currentSpan = (): Span | null => here.getStore()?.span ?? null;

export type Root = Readonly<{ name: string; tracer: Tracer | null } & SpanStart>;

/** Does work that begins here: a request that came in, or a piece of background work. Its spans are below a new one. */
export const beginning = <T>({ name, tracer, ...start }: Root, work: () => Promise<T>): Promise<T> => {
  if (tracer === null) return work();
  const span = tracer.start(name, start);
  return here.run({ tracer, span }, () => ended(span, work));
};

/** The same for a piece of background work. */
export const job = <T>(name: string, tracer: Tracer | null, work: () => Promise<T>): Promise<T> => beginning({ name: `job ${name}`, kind: 'consumer', attributes: {}, tracer }, work);

/** Does work as a span below the one that is open. Costs next to nothing where none is. */
export const span = <T>(name: string, attributes: Attributes, work: () => Promise<T>, kind: SpanKind = 'internal'): Promise<T> => {
  const opened = open(name, attributes, kind);
  return opened === null ? work() : here.run(opened, () => ended(opened.span, work));
};

/** The same for work that is done when it returns. */
export const spanOfSync = <T>(name: string, attributes: Attributes, work: () => T): T => {
  const opened = open(name, attributes, 'internal');
  if (opened === null) return work();
  try {
    return here.run(opened, work);
  } catch (error) {
    opened.span.fail(kindOf(error));
    throw error;
  } finally {
    opened.span.end();
  }
};

/** A span below the one that is open, to be ended by who asked for it; null where there is none. For what begins and ends in callbacks. */
export const startSpan = (name: string, attributes: Attributes, kind: SpanKind): Span | null => open(name, attributes, kind)?.span ?? null;

const open = (name: string, attributes: Attributes, kind: SpanKind): Here | null => {
  const now = here.getStore();
  if (now?.span.isKept !== true) return null;
  return { ...now, span: now.tracer.start(name, { kind, attributes, parent: now.span.traceparent }) };
};

const ended = async <T>(opened: Span, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    opened.fail(kindOf(error));
    throw error;
  } finally {
    opened.end();
  }
};

/** An error's kind: its code where it has one, else its name. Its text may quote what somebody wrote. */
export const kindOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? `${error.name} ${String(code)}` : error.name;
};
