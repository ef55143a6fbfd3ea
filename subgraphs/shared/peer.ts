import { errors, Pool } from 'undici';
import { type CallClaims, type Operation, type Party, type SigningKeys, signCall, verifyCall } from './calls.ts';
import { isRefused, statusOf } from './errors.ts';
import type { Served } from './served.ts';
import { currentSpan, span } from './tracing.ts';
import { NoAnswerInTime, post } from './post.ts';
import type { Viewer } from './viewer.ts';
import { within } from './within.ts';

/** The header that carries a signed call. */
export const callHeader = 'x-oneteam-call';

/** The header that says which trace a call belongs to (W3C). It is not signed: it allows nothing. */
export const traceHeader = 'traceparent';

/** An answer of a party: an HTTP status and a JSON value. */
export type Reply = Readonly<{ status: number; body: unknown }>;

/** What a party does with a verified call. */
export type Handler = (claims: CallClaims, body: unknown) => Promise<Reply>;

/** The one door of a party, for calls over HTTP and in-process alike: verifies, then handles. */
export type Endpoint = (operation: string, body: string, token: string | undefined, traceparent?: string) => Promise<Reply>;

export type PeerCall = Readonly<{
  operation: Operation;
  /** A JSON value; or a `JsonText`, when its text is at hand. */
  body: unknown;
  viewer: Viewer | null;
  /** Milliseconds since 1970; the call is given up then. */
  deadline: number;
  correlationId: string;
  /** It changes nothing, so that it may be sent again when its answer is lost. Default false. */
  isRepeatable?: boolean;
}>;

/** A JSON value as its text. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Calls another party. @throws PeerUnavailable when it cannot be reached, refuses the call, or is not done by the deadline. */
export type Peer = Readonly<{ call(call: PeerCall): Promise<Reply>; close(): Promise<void> }>;

/**
 * Why a call was not answered: `expired`: its deadline had passed, nothing was sent; `left_alone`: a breaker is open, nothing was sent;
 * `late`: no answer by the deadline; `connection`: none was made, or it broke; `busy`: 502, 503 or 504, as what stands in between answers;
 * `faulty`: another status from 500, or a fault; `unreadable`: an answer that is no JSON.
 */
export type WhyUnavailable = 'expired' | 'left_alone' | 'late' | 'connection' | 'busy' | 'faulty' | 'unreadable';

/** The other party did not answer in time, or not with what it should. */
export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable';
  readonly why: WhyUnavailable;
  constructor(message: string, options: Readonly<{ cause?: unknown; why?: WhyUnavailable }> = {}) {
    super(message, { cause: options.cause });
    this.why = options.why ?? 'faulty';
  }
}

export type PeerOptions = Readonly<{ caller: Party; audience: Party; keys: SigningKeys; now: () => number }>;

/**
 * Makes the door of a party out of its handlers. An operation without handler is refused like a bad signature. Handlers get the deadline by
 * this party's clock: the time that the call was given when it was signed, so that clocks that differ a little cut nothing short.
 */
export const createEndpoint =
  (audience: Party, handlers: Readonly<Partial<Record<Operation, Handler>>>, keys: SigningKeys, now: () => number, served?: Served): Endpoint =>
  async (operation, body, token, traceparent) => {
    const claims = verifyCall(keys, token, { audience, operation, body }, now());
    if (isRefused(claims)) {
      served?.refused();
      const { code, message } = claims;
      return { status: statusOf[code], body: { errors: [{ message, extensions: { code, status: statusOf[code] } }] } };
    }
    const handle = handlers[claims.operation];
    if (handle === undefined) throw new Error(`${audience} has no handler for ${claims.operation}`);
    const at = now();
    const deadline = at + claims.deadline - claims.issuedAt;
    if (deadline <= at) return { status: 503, body: null };
    const work = async (): Promise<Reply> => handle({ ...claims, deadline }, JSON.parse(body));
    return served === undefined ? work() : served.call(claims, traceparent, work);
  };

/** A peer in the same process. Signs, and the endpoint verifies, as over HTTP. */
export const connectInProcess = (options: PeerOptions, endpoint: Endpoint): Peer =>
  traced(options, peer(options, ({ operation, body, token, waitMs }) => within(waitMs, endpoint(operation, body, token, currentSpan()?.traceparent), () => new NoAnswerInTime(waitMs))));

/** Questions that wait for news at the other party, by their nature longer than others. */
export const longPolls: ReadonlySet<Operation> = new Set(['feed', 'jobProgress']);

/**
 * A peer at a URL, over kept-alive connections. `POST <url>/internal/<operation>`. Long polls have connections of their own, so that however many wait for news,
 * nobody's request waits for them.
 */
export const connectHttp = (options: PeerOptions, url: URL): Peer => {
  const poolOf = (connections: number): Pool => new Pool(url.origin, { connections, pipelining: 1, keepAliveTimeout: 30_000, connect: { timeout: 2_000 } });
  const calls = poolOf(128);
  const polls = poolOf(64);
  const base = url.pathname.replace(/\/$/, '');
  const sender = peer(options, async ({ operation, body, token, waitMs }) => {
    const headers = { 'content-type': 'application/json', [callHeader]: token, ...traceOf(currentSpan()?.traceparent) };
    const { status, text } = await post(longPolls.has(operation) ? polls : calls, { path: `${base}/internal/${operation}`, headers, body, waitMs });
    return { status, body: status >= 500 ? null : (JSON.parse(text) as unknown) };
  });
  return traced(options, {
    call: sender.call,
    close: async () => {
      await Promise.all([calls.destroy(), polls.destroy()]);
    },
  });
};

const traceOf = (traceparent: string | undefined): Readonly<Record<string, string>> => (traceparent === undefined ? {} : { [traceHeader]: traceparent });

/** Each call, and so each try, is a span. */
const traced = ({ audience }: PeerOptions, { call, close }: Peer): Peer => ({
  call: (given) => span(`call ${audience} ${given.operation}`, { 'rpc.system': 'one-team', 'rpc.service': audience, 'rpc.method': given.operation }, () => call(given), 'client'),
  close,
});

type Sending = Readonly<{ operation: Operation; body: string; token: string; waitMs: number }>;

const peer = ({ caller, audience, keys, now }: PeerOptions, send: (sending: Sending) => Promise<Reply>): Peer => ({
  call: async ({ operation, body: value, viewer, deadline, correlationId }) => {
    const left = deadline - now();
    if (left <= 0) throw new PeerUnavailable(`${audience} was not asked ${operation}: the deadline had passed`, { why: 'expired' });
    const body = value instanceof JsonText ? value.text : JSON.stringify(value);
    const token = signCall(keys, { caller, audience, operation, viewer, deadline, correlationId, body }, now());
    const reply = await send({ operation, body, token, waitMs: Math.ceil(left) }).catch((error: unknown) => {
      throw new PeerUnavailable(`${audience} did not answer ${operation}`, { cause: error, why: whyOf(error) });
    });
    if (reply.status >= 500) {
      throw new PeerUnavailable(`${audience} answered ${operation} with status ${String(reply.status)}`, { why: passing.has(reply.status) ? 'busy' : 'faulty' });
    }
    return reply;
  },
  close: () => Promise.resolve(),
});

/** What a proxy or a process that is starting or stopping answers. */
const passing = new Set([502, 503, 504]);

const systemCalls = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const connectionCodes = new Set(['UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

const whyOf = (error: unknown): WhyUnavailable => {
  if (error instanceof NoAnswerInTime) return 'late';
  if (error instanceof SyntaxError || error instanceof errors.HTTPParserError) return 'unreadable';
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return systemCalls.has(code) || connectionCodes.has(code) ? 'connection' : 'faulty';
};
