/** Every code an answer may carry, with the HTTP status that goes with it (SPEC §6). */
export const statusOf = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  BATCH_TOO_LARGE: 413,
  UNPROCESSABLE: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  DEPENDENCY_UNAVAILABLE: 503,
  // clients of persisted queries read this one as an answer, and then send the text
  PERSISTED_QUERY_NOT_FOUND: 200,
  QUERY_NOT_IN_SAFELIST: 403,
} as const;

export type ErrorCode = keyof typeof statusOf;

/** A text for people in the two languages of the product. */
export type Messages = Readonly<{ en: string; id: string }>;

export type RefusalDetails = Readonly<{
  /** The argument at fault, as a path: `input.items`. */
  field?: string;
  /** The ids at fault. */
  ids?: readonly string[];
  /** Where a person reads it. */
  messages?: Messages;
  /** The oldest event that this reader may go on from, for an `after` that cannot be had. */
  oldestEventId?: string | null;
  /** The limit that was passed, and what it is. */
  limit?: Readonly<{ name: string; max: number; value?: number; windowSeconds?: number }>;
  /** After how many seconds a call that was refused for a rate may be made again. */
  retryAfterSeconds?: number;
}>;

/**
 * An expected "no", handed back as a value and turned into a GraphQL error only at a resolver's edge.
 * Faults are thrown instead. The message names the value, the place and what is allowed.
 */
export class Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: RefusalDetails;

  constructor(code: ErrorCode, message: string, details: RefusalDetails = {}) {
    this.code = code;
    this.message = message;
    this.details = details;
  }
}

/** Narrows a result to its refusal. */
export const isRefused = (result: unknown): result is Refusal => result instanceof Refusal;

export const unauthenticated = (message: string): Refusal => new Refusal('UNAUTHENTICATED', message);
export const forbidden = (message: string): Refusal => new Refusal('FORBIDDEN', message);
export const notFound = (message: string): Refusal => new Refusal('NOT_FOUND', message);
export const conflict = (message: string): Refusal => new Refusal('CONFLICT', message);
export const unavailable = (message: string): Refusal => new Refusal('DEPENDENCY_UNAVAILABLE', message);
/** A body of more than so many bytes. */
export const bodyTooLarge = (max: number): Refusal => new Refusal('BATCH_TOO_LARGE', `The body is larger than ${String(max)} bytes.`, { limit: { name: 'bodyBytes', max } });
export const badInput = (field: string, message: string, messages?: Messages): Refusal =>
  new Refusal('BAD_USER_INPUT', message, messages === undefined ? { field } : { field, messages });
