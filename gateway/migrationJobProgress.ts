import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { notFound, type Refusal, unavailable } from '../subgraphs/shared/errors.ts';
import { excerpt } from '../subgraphs/shared/text.ts';
import type { JobProgress } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import { hasEnded, type ProgressHub } from './progressHub.ts';
import type { Answers, AnswerSource, SendPayload } from './sharedAnswers.ts';

export type MigrationJobProgressOptions = Readonly<{
  viewer: Viewer;
  progress: ProgressHub;
  now: () => number;
  deadlineMs: number;
}>;

/**
 * `subscription migrationJobProgress` (SPEC §2.2): where the job stands, at once and after each chunk, until it ends. A subscriber
 * that reads slowly gets where the job stands when it comes to read, not each step on the way.
 */
export const subscribeMigrationJobProgress = async (id: string, options: MigrationJobProgressOptions): Promise<AnswerSource | Refusal> => {
  const { progress, viewer, now, deadlineMs } = options;
  try {
    const first = await progress.read(id, viewer, now() + deadlineMs);
    if (first === null) return gone(id);
    return { visibility: visibilityOf(viewer), run: (answers, send, signal) => sendProgress(id, first, { ...options, answers, send, signal }) };
  } catch {
    return unavailable('How far the job is could not be asked in time.');
  }
};

const gone = (id: string): Refusal => notFound(`id is ${excerpt(id)}, which is no job of this squad of the last 30 days.`);

/** A job is its own squad's: another service of the app does not see it. */
const visibilityOf = (viewer: Viewer): string => JSON.stringify(viewer);

type Sending = MigrationJobProgressOptions & Readonly<{ answers: Answers; send: SendPayload; signal: AbortSignal }>;

const sendProgress = async (id: string, first: JobProgress, { progress, viewer, answers, send, signal }: Sending): Promise<void> => {
  const newest = createNewest(first, signal);
  const leave = hasEnded(first) ? () => undefined : progress.follow(id, viewer, first, newest.set);
  try {
    for (;;) {
      const state = await newest.next();
      if (state === 'ended') return;
      if (state === null) return await send(JSON.stringify({ data: null, errors: [toGraphQLError(gone(id))] }));
      const { processed, total, status } = state;
      const event = { migrationJobProgress: { processed, total, job: { id } } };
      const answer = await answers.of(`${id} ${status} ${String(processed)}`, () => event, signal);
      if (answer === 'over') return;
      await send(answer.payload);
      if (answer.isFault || hasEnded(state)) return;
    }
  } finally {
    leave();
  }
};

/** Keeps the newest state alone; `next` waits for one that was not taken yet. */
const createNewest = (first: JobProgress, signal: AbortSignal) => {
  let held: { readonly state: JobProgress | null } | undefined = { state: first };
  let wake: (() => void) | undefined;
  signal.addEventListener('abort', () => wake?.(), { once: true });
  return {
    set: (state: JobProgress | null): void => {
      held = { state };
      wake?.();
    },
    next: async (): Promise<JobProgress | null | 'ended'> => {
      while (held === undefined && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (signal.aborted || held === undefined) return 'ended';
      const { state } = held;
      held = undefined;
      return state;
    },
  };
};
