import { type Command, CommandFault, readArguments } from './cli/command.ts';
import { cleanUp } from './cli/cleanUp.ts';
import { contacts } from './cli/contacts.ts';
import { deadLetters } from './cli/deadLetters.ts';
import { helpOf, overview } from './cli/help.ts';
import { job } from './cli/job.ts';
import { migrate } from './cli/migrate.ts';
import { createOutput } from './cli/output.ts';
import { push } from './cli/push.ts';
import { trigger } from './cli/trigger.ts';

/** `npm run cli -- <command>`: what operators do. */
const commands: readonly Command[] = [migrate, push, trigger, job, deadLetters, cleanUp, contacts];

const [name, ...args] = process.argv.slice(2);
const asJson = args.includes('--json');
const output = createOutput({ out: process.stdout, err: process.stderr }, asJson);
const stopping = new AbortController();
process.once('SIGINT', () => {
  stopping.abort();
  // what holds on all the same ends with the second one, or here
  setTimeout(() => process.exit(130), 5_000).unref();
});

const fail = (error: unknown): number => {
  output.settle();
  if (stopping.signal.aborted) {
    process.stderr.write('Stopped. What was sent goes on; the same command goes on from there.\n');
    return 130;
  }
  const known = error instanceof CommandFault ? error : new CommandFault('INTERNAL', error instanceof Error ? error.message : String(error));
  output.json({ error: { code: known.code, message: known.message } });
  process.stderr.write(`${known.code === 'USAGE' ? '' : `${known.code}: `}${known.message}\n`);
  return 1;
};

const main = async (): Promise<number> => {
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(`${overview(commands)}\n`);
    return name === undefined ? 1 : 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new CommandFault('USAGE', `${JSON.stringify(name)} is no command; there are ${commands.map((each) => each.name).join(', ')}. See: npm run cli -- --help`);
  const given = readArguments(command, args);
  if (given.has('help')) {
    process.stdout.write(`${helpOf(command)}\n`);
    return 0;
  }
  return command.run({ ...given, env: process.env, output, signal: stopping.signal });
};

process.exitCode = await main().catch(fail);
