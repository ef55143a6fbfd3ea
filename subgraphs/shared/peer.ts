import { Pool } from 'undici';
import { type CallClaims, type Operation, type Party, type SigningKeys, signCall, verifyCall } from './calls.ts';
import { isRefused, statusOf } from './errors.ts';
import { post } from './post.ts';
import type { Viewer } from './viewer.ts';
import { within } from './within.ts';

/** The header that carries a signed call. */
export const callHeader = 'x-oneteam-call';

/** An answer of a party: an HTTP status and a JSON value. */
export type Reply = Readonly<{ status: number; body: unknown }>;

/** What a party does with a verified call. */
export type Handler = (claims: CallClaims, body: unknown) => Promise<Reply>;

/** The one door of a party, for calls over HTTP and in-process alike: verifies, then handles. */
export type Endpoint = (operation: string, body: string, token: string | undefined) => Promise<Reply>;

export type PeerCall = Readonly<{
  operation: Operation;
  /** A JSON value; or a `JsonText`, when its text is at hand. */
  body: unknown;
  viewer: Viewer | null;
  /** Milliseconds since 1970; the call is given up then. */
  deadline: number;
  correlationId: string;
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

/** The other party did not answer in time, or not with what it should. */
export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable';
}

export type PeerOptions = Readonly<{ caller: Party; audience: Party; keys: SigningKeys; now: () => number }>;

/** Makes the door of a party out of its handlers. An operation without handler is refused like a bad signature. */
export const createEndpoint =
  (audience: Party, handlers: Readonly<Partial<Record<Operation, Handler>>>, keys: SigningKeys, now: () => number): Endpoint =>
  async (operation, body, token) => {
    const claims = verifyCall(keys, token, { audience, operation, body }, now());
    if (isRefused(claims)) {
      const { code, message } = claims;
      return { status: statusOf[code], body: { errors: [{ message, extensions: { code, status: statusOf[code] } }] } };
    }
    const handle = handlers[claims.operation];
    if (handle === undefined) throw new Error(`${audience} has no handler for ${claims.operation}`);
    return handle(claims, JSON.parse(body));
  };

/** A peer in the same process. Signs, and the endpoint verifies, as over HTTP. */
export const connectInProcess = (options: PeerOptions, endpoint: Endpoint): Peer =>
  peer(options, ({ operation, body, token, waitMs }) => within(waitMs, endpoint(operation, body, token), () => new Error(`no answer within ${String(waitMs)} ms`)));

/** A peer at a URL, over kept-alive connections. `POST <url>/internal/<operation>`. */
export const connectHttp = (options: PeerOptions, url: URL): Peer => {
  const pool = new Pool(url.origin, { connections: 128, pipelining: 1, keepAliveTimeout: 30_000, connect: { timeout: 2_000 } });
  const base = url.pathname.replace(/\/$/, '');
  const sender = peer(options, async ({ operation, body, token, waitMs }) => {
    const { status, text } = await post(pool, { path: `${base}/internal/${operation}`, headers: { 'content-type': 'application/json', [callHeader]: token }, body, waitMs });
    return { status, body: JSON.parse(text) as unknown };
  });
  return { call: sender.call, close: () => pool.destroy() };
};

type Sending = Readonly<{ operation: Operation; body: string; token: string; waitMs: number }>;

const peer = ({ caller, audience, keys, now }: PeerOptions, send: (sending: Sending) => Promise<Reply>): Peer => ({
  call: async ({ operation, body: value, viewer, deadline, correlationId }) => {
    const left = deadline - now();
    if (left <= 0) throw new PeerUnavailable(`${audience} was not asked: the deadline had passed`);
    const body = value instanceof JsonText ? value.text : JSON.stringify(value);
    const token = signCall(keys, { caller, audience, operation, viewer, deadline, correlationId, body }, now());
    try {
      const reply = await send({ operation, body, token, waitMs: Math.ceil(left) });
      if (reply.status >= 500) throw new Error(`status ${String(reply.status)}`);
      return reply;
    } catch (error) {
      throw new PeerUnavailable(`${audience} did not answer ${operation}`, { cause: error });
    }
  },
  close: () => Promise.resolve(),
});
