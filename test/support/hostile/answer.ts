import { statusOf } from '../../../subgraphs/shared/errors.ts';

/** An error as it left the gateway. */
export type AnsweredError = Readonly<{ message: string; path?: readonly (string | number)[]; extensions: Readonly<Record<string, unknown>> }>;

/** An answer that was looked at: its text holds nothing that stays inside, and each of its errors is typed. */
export type LookedAt = Readonly<{
  status: number;
  text: string;
  data: Readonly<Record<string, unknown>> | null | undefined;
  errors: readonly AnsweredError[];
  /** The code of each error, in order. */
  codes: readonly unknown[];
}>;

/** What no answer holds, whatever was asked: stacks, file paths, names of libraries and drivers, texts of queries and of their faults. */
const inside =
  /\bat (?:Object|async|new|Module|Function|process)\b|node:internal|node_modules|\.[jt]s:\d|file:\/\/|\/work\/|stacktrace|serviceName|\b_entities\b|prisma|mongodb|\bmongo(?!lia)|postgres|\bpg_|BSONError|MongoServer|E11000|\b22021\b|22P02|\bP20\d\d\b|ECONN|SELECT .* FROM|INSERT INTO|UPDATE .* SET |DELETE FROM|aggregate\(|Cannot read propert|is not a function|undefined \(reading|constraint "/i;

/** Of HTTP itself: a method, or a form of the body, that is not taken. */
const statusesOfProtocol: readonly number[] = [405, 406, 415];
/** Longest message, in characters: what was sent is repeated in parts only. */
const longestMessage = 1_100;

/** Reads an answer, and @throws when it tells what it should not, or has an error without a known code and its status; INTERNAL is none that input may cause. */
export const lookAt = (status: number, text: string): LookedAt => {
  const told = inside.exec(text);
  if (told !== null) throw new Error(`The answer tells ${JSON.stringify(told[0])}: ${text.slice(0, 1_000)}`);
  const { data, errors = [] } = JSON.parse(text) as Readonly<{ data?: LookedAt['data']; errors?: readonly AnsweredError[] }>;
  for (const error of errors) {
    const { code, status: its, stacktrace, exception } = error.extensions;
    const known = typeof code === 'string' && Object.hasOwn(statusOf, code) ? statusOf[code as keyof typeof statusOf] : undefined;
    const isOfProtocol = code === 'BAD_USER_INPUT' && its === status && statusesOfProtocol.includes(status);
    if (known === undefined || (its !== known && !isOfProtocol) || stacktrace !== undefined || exception !== undefined) throw new Error(`An error is not typed: ${JSON.stringify(error)}`);
    if (code === 'INTERNAL') throw new Error(`Input came to a fault of ours: ${text.slice(0, 1_000)}`);
    if (error.message.length > longestMessage) throw new Error(`A message of ${String(error.message.length)} characters repeats what was sent: ${error.message.slice(0, 200)}`);
  }
  return { status, text, data, errors, codes: errors.map(({ extensions }) => extensions['code']) };
};
