import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import { Agent, errors } from 'undici';
import { type AddressRules, addressFault, hostFault } from './squadAddress.ts';

/** Where a squad is triggered, and the service token that it knows us by. */
export type SquadEndpoint = Readonly<{ url: URL; token: string }>;

export type SquadCall = Readonly<{
  /** The same for every try of one run and squad. */
  idempotencyKey: string;
  runId: string;
  companySsoIds: readonly string[];
  /** Ends the call at once. */
  signal: AbortSignal;
}>;

/** Calls squads over HTTP. */
export type SquadClient = Readonly<{
  /** Resolves when the squad has answered 2xx. @throws SquadFault with a reason that may be kept and shown */
  call(endpoint: SquadEndpoint, call: SquadCall): Promise<void>;
  close(): Promise<void>;
}>;

/** A squad did not accept. The message names no secret. */
export class SquadFault extends Error {
  override readonly name = 'SquadFault';
}

export type SquadClientOptions = AddressRules &
  Readonly<{
    /** Milliseconds for one call, from the lookup of the name to the end of the answer. Default 5,000. */
    timeoutMs?: number;
  }>;

/** What of an answer is read before the connection is dropped; nothing in it counts. */
const longestAnswer = 16_384;

/** Follows no redirect: an answer that is not 2xx is a fault. Each address is judged after its name was resolved, as it is connected to. */
export const createSquadClient = ({ timeoutMs = 5_000, ...rules }: SquadClientOptions): SquadClient => {
  const agent = new Agent({ pipelining: 1, keepAliveTimeout: 1_000, maxHeaderSize: longestAnswer, connect: { timeout: timeoutMs, lookup: judgedLookup(rules) } });
  return {
    call: async ({ url, token }, { idempotencyKey, runId, companySsoIds, signal }) => {
      const fault = hostFault(url, rules);
      if (fault !== null) throw new SquadFault(fault);
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const { statusCode, body } = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': idempotencyKey },
          body: JSON.stringify({ runId, companySsoIds }),
          signal: AbortSignal.any([late, signal]),
        });
        // the status is the whole answer; what comes after it can take nothing back
        await body.dump({ limit: longestAnswer, signal: late }).catch(() => undefined);
        if (statusCode >= 200 && statusCode < 300) return;
        throw new SquadFault(`answered ${String(statusCode)}${statusCode >= 300 && statusCode < 400 ? '; redirects are not followed' : ''}`);
      } catch (error) {
        throw late.aborted ? new SquadFault(`did not answer within ${String(timeoutMs)} ms`) : faultOf(error);
      }
    },
    close: () => agent.destroy(),
  };
};

const faultOf = (error: unknown): SquadFault => {
  if (error instanceof SquadFault) return error;
  if (error instanceof errors.ConnectTimeoutError) return new SquadFault('could not be reached in time');
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
  return new SquadFault(`could not be reached (${code})`, { cause: error });
};

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** One bad address refuses the name: which of them is tried first is not ours to say. */
const judgedLookup =
  (rules: AddressRules) =>
  (hostname: string, options: LookupOptions, found: Found): void => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      // Node's types say that addresses are always there; with an error they are not
      const all = error === null ? addresses : [];
      const fault = all.map(({ address }) => addressFault(address, rules)).find((each) => each !== null);
      const [first] = all;
      if (error !== null) found(error, []);
      else if (typeof fault === 'string') found(new SquadFault(`${hostname}: ${fault}`), []);
      else if (options.all === true) found(null, all);
      else found(null, first?.address ?? '', first?.family);
    });
  };
