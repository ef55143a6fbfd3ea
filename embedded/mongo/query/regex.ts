import type { BSONRegExp } from 'bson';
import { MongoFault } from '../fault.ts';

const withoutComments = (pattern: string): string => pattern.replace(/\\.|\[(?:\\.|[^\]])*\]|\s+|#.*/gs, (part) => (/^[\s#]/.test(part) ? '' : part));

/**
 * Compiles a MongoDB regular expression (options `i`, `m`, `s`, `x`, also written as a leading `(?i)`) for JavaScript.
 * @throws MongoFault BadRegularExpression when JavaScript cannot read the pattern, BadValue on an unknown option
 */
export const compileRegex = (pattern: string, options: string): RegExp => {
  const unknown = /[^imsxu]/.exec(options);
  if (unknown) throw new MongoFault('BadValue', `invalid flag in regex options: ${unknown[0]}; allowed are i, m, s, x`);
  if (pattern.includes('\0')) throw new MongoFault('BadValue', 'Regular expression cannot contain an embedded null byte');
  const leading = /^\(\?([imsx]+)\)/.exec(pattern);
  const all = new Set((options + (leading?.[1] ?? '')).split(''));
  const bare = leading ? pattern.slice(leading[0].length) : pattern;
  const source = all.has('x') ? withoutComments(bare) : bare;
  const flags = ['i', 'm', 's'].filter((flag) => all.has(flag)).join('');
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(source, flags + unicode);
    } catch {
      // A pattern that the stricter unicode mode refuses, such as `\-`, may still be readable without it.
    }
  }
  throw new MongoFault('BadRegularExpression', `Regular expression is invalid: ${pattern}`);
};

/** Compiles a regular expression value as it came over the wire. */
export const compileBsonRegex = (value: BSONRegExp): RegExp => compileRegex(value.pattern, value.options);
