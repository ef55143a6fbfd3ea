import { isRefused, type Refusal } from '../subgraphs/shared/errors.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { Costed } from './cost/limit.ts';
import type { Variables } from './cost/measure.ts';
import { lengthRefusal, operationLimits } from './limits.ts';
import type { FindOperation, FoundOperation } from './persisted.ts';
import { createPace, type Pace } from './pace.ts';
import { type Rate, requestsOf, requestsOfText } from './rates.ts';

/** What stands between a request and its operation, over HTTP and WebSocket alike, in this order. */
export type Admission = Readonly<{
  /** Counts the request of somebody who is signed in, before anything of it is read. RATE_LIMITED */
  enter(viewer: Viewer): Promise<Refusal | undefined>;
  /** The text of the operation: as sent, by its hash, or out of the list of those that alone are answered. */
  find: FindOperation;
  /** Counts a text that is new here as further requests where it is long, or is to be remembered; undefined at once where nothing is to be counted. RATE_LIMITED */
  readAnew(found: FoundOperation, viewer: Viewer | Refusal): Promise<Refusal | undefined> | undefined;
  /** Its cost with the variables of the request; a costly one counts as further requests. */
  weigh(costed: Costed, variables: Variables, viewer: Viewer | Refusal): Promise<Refusal | undefined>;
  /** The same count for what a subscription asks of subgraphs with each event. */
  pace: Pace;
}>;

/** `isKept`: whether a text was planned here before and is still known. */
export const createAdmission = (rate: Rate, find: FindOperation, isKept: (text: string) => boolean): Admission => ({
  enter: (viewer) => rate(viewer),
  find: (sent) => {
    const tooLong = lengthRefusal(sent.query, operationLimits);
    return tooLong === undefined ? find(sent) : Promise.resolve(tooLong);
  },
  readAnew: ({ text, remember }, viewer) => {
    const further = requestsOfText(text.length, remember !== undefined) - 1;
    return further === 0 || isRefused(viewer) || isKept(text) ? undefined : rate(viewer, further);
  },
  pace: createPace(rate),
  weigh: async (costed, variables, viewer) => {
    const cost = costed.costOf(variables);
    const refusal = costed.judge(cost, variables);
    const further = requestsOf(cost) - 1;
    return refusal !== undefined || further === 0 || isRefused(viewer) ? refusal : rate(viewer, further);
  },
});
