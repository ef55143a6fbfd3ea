import { type Command, commonFlags } from './command.ts';

/** What there is, one line a command. */
export const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return `npm run cli -- <command> [flags]

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

npm run cli -- <command> --help says more of one. All take --json.
Ends with 0 when all went well, 1 when not, 2 when a push or job ended with failed items, 130 after Ctrl-C.`;
};

/** All of one command. */
export const helpOf = ({ usage, summary, details, flags }: Command): string => {
  const lines = Object.entries({ ...flags, ...commonFlags }).map(([name, { value, about }]) => [`--${name}${value === undefined ? '' : ` ${value}`}`, about] as const);
  const width = Math.max(...lines.map(([flag]) => flag.length));
  return `npm run cli -- ${usage}

${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.${details === undefined ? '' : `\n${details}`}

${lines.map(([flag, about]) => `  ${flag.padEnd(width)}  ${about}`).join('\n')}`;
};
