import { startLoop } from '../subgraphs/teams/events/loop.ts';
import { openDatabase } from '../subgraphs/teams/store/database.ts';

/** Teams up to which the embedded Postgres stays usable; measured by bench/embedded.ts. */
export const comfortableTeams = 5_000;

export type WatchOptions = Readonly<{
  /** Milliseconds between two looks. Default 5,000. */
  pollMs?: number;
  /** Who is told. Default: a warning of the process. */
  say?: (text: string) => void;
}>;

/** Says once that an embedded Postgres holds more teams than it is for. Its data is in memory, so that this can only come while it runs. */
export const watchTeams = (url: string, { pollMs = 5_000, say = (text) => process.emitWarning(text) }: WatchOptions = {}): Readonly<{ close(): Promise<void> }> => {
  const database = openDatabase({ url, poolSize: 1 });
  let isTold = false;
  const loop = startLoop({
    pass: async () => {
      if (isTold || (await database.prisma.team.count({ take: comfortableTeams + 1 })) <= comfortableTeams) return false;
      isTold = true;
      say(`The embedded Postgres holds more than ${comfortableTeams.toLocaleString('en')} teams: past what this stand-in is for. Use a real Postgres (DATABASE_URL).`);
      return false;
    },
    pollMs,
    // a look that fails is only late: who needs the database says what is wrong
    onFault: () => undefined,
  });
  return {
    close: async () => {
      await loop.close();
      await database.close();
    },
  };
};
