import { GraphQLError, type ExecutionResult } from 'graphql';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { notFound, type Refusal, unavailable } from '../subgraphs/shared/errors.ts';
import { excerpt } from '../subgraphs/shared/text.ts';
import type { JobProgress } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import { hasEnded, type ProgressHub } from './progressHub.ts';
import { stoppable } from './stoppable.ts';
import type { Deliver } from './subscriptionPlan.ts';
import type { OpenAnswers } from './teamMigrated.ts';

export type MigrationJobProgressOptions = Readonly<{
  viewer: Viewer;
  progress: ProgressHub;
  correlationId: string;
  now: () => number;
  deadlineMs: number;
  present: (result: ExecutionResult) => ExecutionResult;
}>;

/**
 * `subscription migrationJobProgress` (SPEC §2.2): where the job stands, at once and after each chunk, until it ends. A subscriber
 * that reads slowly gets where the job stands when it comes to read, not each step on the way.
 */
export const subscribeMigrationJobProgress = async (id: string, options: MigrationJobProgressOptions): Promise<OpenAnswers | Refusal> => {
  const { progress, viewer, now, deadlineMs } = options;
  try {
    const first = await progress.read(id, viewer, now() + deadlineMs);
    if (first === null) return gone(id);
    return (deliver) => stoppable((signal) => answers(id, first, { ...options, deliver, signal }));
  } catch {
    return unavailable('How far the job is could not be asked in time.');
  }
};

const gone = (id: string): Refusal => notFound(`id is ${excerpt(id)}, which is no job of this squad of the last 30 days.`);

type Answering = MigrationJobProgressOptions & Readonly<{ deliver: Deliver; signal: AbortSignal }>;

async function* answers(id: string, first: JobProgress, options: Answering): AsyncGenerator<ExecutionResult, void, void> {
  const { progress, viewer, deliver, correlationId, now, deadlineMs, present, signal } = options;
  const newest = createNewest(first, signal);
  const leave = hasEnded(first) ? () => undefined : progress.follow(id, viewer, first, newest.set);
  try {
    for (;;) {
      const state = await newest.next();
      if (state === 'ended') return;
      if (state === null) return yield { data: null, errors: [toGraphQLError(gone(id))] };
      const event = { processed: state.processed, total: state.total, job: { id } };
      yield present(await deliver({ migrationJobProgress: event }, { viewer, correlationId, deadline: now() + deadlineMs }));
      if (hasEnded(state)) return;
    }
  } catch (error) {
    yield present({ data: null, errors: [new GraphQLError('delivery failed', { originalError: error as Error })] });
  } finally {
    leave();
  }
}

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
