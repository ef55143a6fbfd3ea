import { Lexer, Source, TokenKind } from 'graphql';

const opening: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const closing: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/**
 * Whether brackets of a document stand deeper inside one another than `max`. Whatever reads documents calls itself for each of them, and
 * would run out of stack, so that this is judged before anything parses. What is no token ends the search: the parser comes no further either.
 */
export const isNestedDeeper = (text: string, max: number): boolean => {
  // most texts have fewer brackets in all
  if (!hasMoreOpening(text, max)) return false;
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
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
