/** Where a command speaks: results on standard output, what goes on meanwhile on standard error. */
export type Output = Readonly<{
  /** Lines for a person; nothing with `--json`. */
  say(line: string): void;
  /** The result for a program; nothing without `--json`. */
  json(value: object): void;
  /** Shows how far a work is; on a terminal it stays on one line. Nothing with `--json`. */
  progress(label: string, done: number, total: number): void;
  /** Ends the line of the progress. */
  settle(): void;
}>;

type Streams = Readonly<{ out: NodeJS.WritableStream; err: NodeJS.WritableStream & { isTTY?: boolean } }>;

const width = 24;

/** Makes one over the process's streams. */
export const createOutput = ({ out, err }: Streams, asJson: boolean): Output => {
  let shown = '';
  const settle = (): void => {
    if (shown !== '' && err.isTTY === true) err.write('\n');
    shown = '';
  };
  return {
    say: (line) => {
      settle();
      if (!asJson) out.write(`${line}\n`);
    },
    json: (value) => {
      if (asJson) out.write(`${JSON.stringify(value)}\n`);
    },
    progress: (label, done, total) => {
      if (asJson) return;
      const line = `${label} ${bar(done, total)}`;
      if (line === shown) return;
      err.write(err.isTTY === true ? `\r${line}` : `${line}\n`);
      shown = line;
    },
    settle,
  };
};

const bar = (done: number, total: number): string => {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${String(Math.floor(share * 100)).padStart(3)} % ${String(done)}/${String(total)}`;
};
