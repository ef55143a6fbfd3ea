import type { Daemon } from './daemon.ts';

export type RecipeOptions = Readonly<{
  /** The server's own folder, for data and log: made here, removed by `stop`. */
  folder: string;
  /** Downloads. */
  cache: string;
  /** Tells a person what takes long. */
  say: (text: string) => void;
}>;

/** A server that runs. `DATABASE_URL`, `MONGODB_URL` or `KAFKA_BROKERS` is its url. */
export type RunningServer = Readonly<{
  url: string;
  daemon: Daemon;
  /** What its data and log are in. */
  folders: readonly string[];
}>;

/** How a server is had and brought up without a container engine. @throws one message that names it and what to install. */
export type Recipe = (options: RecipeOptions) => Promise<RunningServer>;
