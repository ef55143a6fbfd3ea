import { parseArgs } from 'node:util';
import type { Output } from './output.ts';

/** A flag as it is written: `--name <value>`, or `--name` alone when `value` is left out. */
export type Flag = Readonly<{ value?: string; multiple?: boolean; about: string }>;
export type Flags = Readonly<Record<string, Flag>>;

/** What a command is run with. */
export type Invocation = Readonly<{
  /** Values of a flag, in order; empty when it was not given. */
  all(flag: string): readonly string[];
  /** The last value of a flag. */
  one(flag: string): string | undefined;
  has(flag: string): boolean;
  positionals: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  output: Output;
  /** Aborted by Ctrl-C; every wait ends then. */
  signal: AbortSignal;
}>;

export type Command = Readonly<{
  name: string;
  /** How it is called, after `npm run cli -- `. */
  usage: string;
  summary: string;
  /** More to know, shown by its `--help`. */
  details?: string;
  flags: Flags;
  /** Fewest and most positional arguments. */
  positionals: readonly [number, number];
  /** Answers the exit code. @throws CommandFault for what the operator can mend. */
  run(invocation: Invocation): Promise<number>;
}>;

/** A fault that its message explains; shown without a stack. `code` is a code of the API, or USAGE, TIMEOUT, UNREACHABLE. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Flags that every command takes. */
export const commonFlags: Flags = {
  json: { about: 'print one JSON object on standard output, and nothing else there' },
  help: { about: 'show this' },
};

/** Reads a command's arguments. @throws CommandFault USAGE that names what is allowed. */
export const readArguments = (command: Command, args: readonly string[]): Pick<Invocation, 'all' | 'one' | 'has' | 'positionals'> => {
  const flags = { ...command.flags, ...commonFlags };
  const options = Object.fromEntries(Object.entries(flags).map(([name, { value }]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: true }]));
  const { values, positionals, tokens } = parsed(args, options);
  const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(flags, token.name));
  const allowed = Object.keys(flags).map((name) => `--${name}`).join(', ');
  if (unknown?.kind === 'option') throw usage(command, `${unknown.rawName} is not known to ${command.name}; it takes ${allowed}.`);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { value, multiple } = flags[token.name] ?? { about: '' };
    if (value !== undefined && token.value === undefined) throw usage(command, `--${token.name} needs a value: --${token.name} ${value}.`);
    if (value === undefined && token.value !== undefined) throw usage(command, `--${token.name} takes no value; it has ${JSON.stringify(token.value)}.`);
    if (multiple !== true && tokens.filter((other) => other.kind === 'option' && other.name === token.name).length > 1) throw usage(command, `--${token.name} may be given once.`);
  }
  const [fewest, most] = command.positionals;
  const all = (flag: string): readonly string[] => (values[flag] ?? []).filter((value) => typeof value === 'string');
  const has = (flag: string): boolean => values[flag] !== undefined;
  if (!has('help') && (positionals.length < fewest || positionals.length > most)) {
    throw usage(command, `${command.name} takes ${fewest === most ? String(most) : `${String(fewest)} to ${String(most)}`} argument${most === 1 ? '' : 's'}, not ${String(positionals.length)}: npm run cli -- ${command.usage}.`);
  }
  return { all, one: (flag) => all(flag).at(-1), has, positionals };
};

type Options = Readonly<Record<string, { type: 'boolean' | 'string'; multiple: boolean }>>;
// not strict: what is not allowed is refused above, in our own words
const parsed = (args: readonly string[], options: Options) => parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true }) as {
  values: Readonly<Record<string, (string | boolean)[] | undefined>>;
  positionals: string[];
  tokens: ({ kind: 'option'; name: string; rawName: string; value?: string } | { kind: 'positional' | 'option-terminator' })[];
};

const usage = (command: Command, message: string): CommandFault => new CommandFault('USAGE', `${message} See: npm run cli -- ${command.name} --help`);

/** Reads a number of a flag. @throws CommandFault USAGE outside its range. */
export const numberOf = ({ one }: Invocation, flag: string, { least, most, standard }: Readonly<{ least: number; most: number; standard: number }>): number => {
  const given = one(flag);
  if (given === undefined) return standard;
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= least && value <= most) return value;
  throw new CommandFault('USAGE', `--${flag} is ${JSON.stringify(given)}; it must be a whole number from ${String(least)} to ${String(most)}.`);
};
