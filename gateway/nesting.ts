import { Lexer, Source, TokenKind } from 'graphql';
import type { OperationLimits } from './limits.ts';

const opening: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const closing: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/**
 * Whether brackets of a document stand deeper inside one another than they may. Whatever reads documents calls itself for each of them, and
 * would run out of stack, so that this is judged before anything parses. What is no token ends the search, and so does the last token that a
 * document may have: the parser comes no further either.
 */
export const isNestedDeeper = (text: string, { nesting: max, tokens }: Pick<OperationLimits, 'nesting' | 'tokens'>): boolean => {
  // most texts have fewer brackets in all
  if (!hasMoreOpening(text, max)) return false;
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  try {
    for (let read = 0, token = lexer.advance(); token.kind !== TokenKind.EOF && read < tokens; read += 1, token = lexer.advance()) {
      if (opening.includes(token.kind)) depth += 1;
      else if (closing.includes(token.kind)) depth -= 1;
      if (depth > max) return true;
    }
  } catch {
    return false;
  }
  return false;
};

const hasMoreOpening = (text: string, max: number): boolean => {
  let found = 0;
  for (const each of text) if ((each === '{' || each === '[' || each === '(') && (found += 1) > max) return true;
  return false;
};
