import type { Dispatcher } from 'undici';

/** What is sent, and how long its answer may take, in milliseconds. */
export type Post = Readonly<{ path: string; headers: Readonly<Record<string, string>>; body: string; waitMs: number }>;

/** An answer, read to its end. */
export type Posted = Readonly<{ status: number; text: string }>;

/** No answer was there in time. */
export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
  constructor(waitMs: number) {
    super(`no answer within ${String(waitMs)} ms`);
  }
}

/**
 * Sends a POST and reads its answer to the end, without the streams and signals that a request through undici's own `request` has: calls
 * between parts are short, and for a lookup those were a fifth of the gateway's time. @throws NoAnswerInTime, or what undici throws
 */
export const post = (dispatcher: Dispatcher, { path, headers, body, waitMs }: Post): Promise<Posted> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let sending: Dispatcher.DispatchController | undefined;
    let late: NoAnswerInTime | undefined;
    const timer = setTimeout(() => {
      late = new NoAnswerInTime(waitMs);
      sending?.abort(late);
      reject(late);
    }, waitMs);
    dispatcher.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart: (controller) => {
          // it may have waited for a connection until it was too late
          if (late !== undefined) controller.abort(late);
          sending = controller;
        },
        onResponseStart: (_, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => {
          clearTimeout(timer);
          resolve({ status, text: textOf(chunks) });
        },
        onResponseError: (_, error) => {
          clearTimeout(timer);
          reject(error);
        },
      },
    );
  });

const textOf = ([first, ...more]: readonly Buffer[]): string => {
  if (first === undefined) return '';
  return more.length === 0 ? first.toString('utf8') : Buffer.concat([first, ...more]).toString('utf8');
};
