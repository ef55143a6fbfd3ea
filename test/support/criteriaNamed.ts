import ts from 'typescript';

/** What a name says: a story, or a criterion of the one before; `S03` is short for `TEAM-S03`. */
const words = /(?:OTM|TEAM)-S\d+|\bS\d\d\b|AC-\d+ to AC-\d+|(?:AC|ERR|NEG)-\d+/g;

/**
 * The criteria that names of tests in a file say they show: `TEAM-S02 AC-1` in a test's own name, `AC-1` in a `describe` of TEAM-S02, or both by
 * the rows of `each`. NEG-1…9 are those of the team permission, where no story of another document is named around them.
 */
export const criteriaNamed = (text: string): ReadonlySet<string> => {
  const source = ts.createSourceFile('one.test.ts', text, ts.ScriptTarget.Latest);
  const named = new Set<string>();

  const visit = (node: ts.Node, around: readonly string[]): void => {
    if (isLeftOut(node, source)) return;
    const title = titleOf(node, source);
    const { stories, criteria } = title === null ? { stories: around, criteria: [] } : read(title, around);
    for (const each of criteria) named.add(each);
    ts.forEachChild(node, (child) => visit(child, stories));
  };
  if (/TEAM-S|NEG-/.test(text)) visit(source, []);
  return named;
};

const read = (title: string, around: readonly string[]): Readonly<{ stories: readonly string[]; criteria: readonly string[] }> => {
  const criteria: string[] = [];
  let stories: readonly string[] = [];
  let wasStory = false;
  for (const [word] of title.matchAll(words)) {
    const isStory = /S\d+$/.test(word);
    if (isStory) {
      const story = word.startsWith('S') ? `TEAM-${word}` : word;
      stories = wasStory ? [...stories, story] : [story];
    } else {
      const of = stories.length > 0 ? stories : around;
      const [from = 0, to = from] = [...word.matchAll(/\d+/g)].map(Number);
      if (word.startsWith('NEG')) criteria.push(...(of.some((story) => story.startsWith('OTM')) ? [] : [word]));
      else for (let number = from; number <= to; number += 1) criteria.push(...of.map((story) => `${story} ${word.slice(0, word.indexOf('-'))}-${String(number)}`));
    }
    wasStory = isStory;
  }
  return { stories: stories.length > 0 ? stories : around, criteria };
};

const isLeftOut = (node: ts.Node, source: ts.SourceFile): boolean => ts.isCallExpression(node) && /^(?:describe|test)\.(?:skip|todo)\b/.test(node.expression.getText(source));

/** Of `describe('…')`, `test('…')` and their `each(rows)('…')`; the rows' stories stand in front where the name is made from them. */
const titleOf = (node: ts.Node, source: ts.SourceFile): string | null => {
  if (!ts.isCallExpression(node)) return null;
  const { expression: callee, arguments: [first] } = node;
  if (!/^(?:describe|test)(?:$|\.each\()/.test(callee.getText(source))) return null;
  if (first === undefined || !(ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) return null;
  const rows = ts.isCallExpression(callee) && first.getText(source).includes('%s') ? rowsOf(callee.arguments[0], source) : '';
  return `${[...rows.matchAll(/TEAM-S\d+/g)].map(([story]) => story).join(' ')} ${first.getText(source)}`;
};

/** As written there, or as the constant of that name is. */
const rowsOf = (rows: ts.Expression | undefined, source: ts.SourceFile): string => {
  if (rows === undefined || !ts.isIdentifier(rows)) return rows?.getText(source) ?? '';
  const isIt = (each: ts.Statement): boolean => ts.isVariableStatement(each) && each.declarationList.declarations.some(({ name }) => name.getText(source) === rows.text);
  return source.statements.find(isIt)?.getText(source) ?? '';
};
