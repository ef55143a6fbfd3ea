import { askTeams } from '../subgraphs/shared/askTeams.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { pause } from '../subgraphs/shared/pause.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import type { JobProgress, TeamsApi } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import { createSlots, type SlotLimits } from './slots.ts';
import { viewerKey } from './viewerKey.ts';

/** Takes where a job stands, each time it has moved on; null: it is not there any more. */
export type ProgressListener = (progress: JobProgress | null) => void;

/** The progress of migration jobs: each is asked for once for the whole process, and fanned out. */
export type ProgressHub = Readonly<{
  /** Where a job stands now, as a viewer may see it; null: no such job, or not theirs. @throws when teams cannot be asked by the deadline. */
  read(jobId: string, viewer: Viewer, deadline: number): Promise<JobProgress | null>;
  /** Follows a job from where it is known to stand, for a viewer who may read it. Ends with the function that it answers, or with the job. */
  follow(jobId: string, viewer: Viewer, known: JobProgress, listener: ProgressListener): () => void;
  /** Listeners of all jobs. */
  listeners(): number;
  /** Stops following; listeners hear nothing more. */
  close(): void;
}>;

export type ProgressHubOptions = Readonly<{ teams: Peer; now: () => number; newId: () => string; logger: Logger }>;

/** Longest time that one question waits at teams, and the pauses between questions while teams is down, milliseconds. */
const waitMs = 10_000;
/** The same while more jobs are followed than a few, so that those behind come to be asked about soon. */
const shortWaitMs = 500;
const pauseMs = 250;
const maxPauseMs = 5_000;

/** Questions that wait at teams at once, for one viewer's jobs and for all; past it jobs are asked about in turn. */
export const followLimits: SlotLimits = { each: 16, all: 32 };
/** Jobs past which nobody waits long. */
const fewJobs = 8;

type Followed = { known: JobProgress; readonly listeners: Map<ProgressListener, Viewer>; readonly ended: AbortController };

/** Whether nothing more will come of a job. */
export const hasEnded = ({ status }: JobProgress): boolean => status !== 'PENDING' && status !== 'RUNNING';

/** Makes one; it asks nothing until somebody follows a job. */
export const createProgressHub = ({ teams, now, newId, logger }: ProgressHubOptions): ProgressHub => {
  const jobs = new Map<string, Followed>();
  const polls = createSlots(followLimits);

  const ask = async (body: TeamsApi['jobProgress']['request'], viewer: Viewer, deadline: number): Promise<JobProgress | null> => {
    return (await askTeams(teams, 'jobProgress', body, { viewer, deadline, correlationId: newId() })).progress;
  };

  const forget = (jobId: string, job: Followed): void => {
    job.ended.abort();
    if (jobs.get(jobId) === job) jobs.delete(jobId);
  };

  const poll = async (jobId: string, job: Followed): Promise<void> => {
    const { listeners, ended } = job;
    for (let faults = 0; !isAborted(ended.signal); ) {
      // whose job it is never changes, so that one of those who may read it asks for all of them
      const [viewer] = listeners.values();
      if (viewer === undefined) return;
      try {
        const news = (): Promise<JobProgress | null> => ask({ jobId, known: job.known, waitMs: jobs.size > fewJobs ? shortWaitMs : waitMs }, viewer, now() + waitMs + 5_000);
        const progress = await polls.run(viewerKey(viewer), news, ended.signal);
        if (progress === 'over' || isAborted(ended.signal)) return;
        faults = 0;
        if (progress !== null && isSame(progress, job.known)) continue;
        if (progress !== null) job.known = progress;
        if (progress === null || hasEnded(progress)) forget(jobId, job);
        for (const listener of listeners.keys()) listener(progress);
      } catch (error) {
        if (isAborted(ended.signal)) return;
        if (faults === 0) logger.warn({ err: error, jobId }, 'the progress of a migration job cannot be had; it is asked again until it can');
        faults += 1;
        await pause(Math.min(pauseMs * 2 ** (faults - 1), maxPauseMs), ended.signal);
      }
    }
  };

  const started = (jobId: string, known: JobProgress): Followed => {
    const job: Followed = { known, listeners: new Map(), ended: new AbortController() };
    jobs.set(jobId, job);
    return job;
  };

  return {
    read: (jobId, viewer, deadline) => ask({ jobId, known: null, waitMs: 0 }, viewer, deadline),
    follow: (jobId, viewer, known, listener) => {
      const running = jobs.get(jobId);
      const job = running ?? started(jobId, known);
      job.listeners.set(listener, viewer);
      if (running === undefined) poll(jobId, job).catch((error: unknown) => logger.error({ err: error }, 'following a migration job ended'));
      else if (!isSame(job.known, known)) listener(later(job.known, known));
      return () => {
        job.listeners.delete(listener);
        if (job.listeners.size === 0) forget(jobId, job);
      };
    },
    listeners: () => [...jobs.values()].reduce((total, { listeners }) => total + listeners.size, 0),
    close: () => {
      for (const [jobId, job] of jobs) {
        job.listeners.clear();
        forget(jobId, job);
      }
    },
  };
};

const isSame = (one: JobProgress, other: JobProgress): boolean => one.status === other.status && one.processed === other.processed;

/** Of two readings of a job that was read twice at once: the one that came after. */
const later = (one: JobProgress, other: JobProgress): JobProgress =>
  one.processed > other.processed || (one.processed === other.processed && other.status === 'PENDING') ? one : other;

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
