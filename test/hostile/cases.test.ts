import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { hostileCases } from '../support/hostile/cases.ts';

/** The texts that can come to stand in the names of a file's tests: the name of each `test`, the rows that it is made from, and lists of such rows. Skipped tests count for nothing. */
const namesIn = (path: string): readonly string[] => {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const texts = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
    // what a test does is no part of its name
    if (!ts.isArrowFunction(node)) ts.forEachChild(node, texts);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(?:test|realTest)(?:\.each)?\b(?!\.skip|\.todo)/.test(node.expression.getText(source))) {
      texts(node.expression);
      node.arguments.forEach(texts);
    }
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined && /^\[\s*\[/.test(node.initializer.getText(source))) texts(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && (file.endsWith('.test.ts') || file.startsWith('hostile/')));

test('each of the 59 hostile cases is in the name of at least one test, and no other number is', () => {
  const named = new Set(files.flatMap((file) => namesIn(`test/${file}`)).flatMap((name) => [...name.matchAll(/HOSTILE (\d+)/g)].map(([, number]) => Number(number))));
  const wanted = Object.keys(hostileCases).map(Number);
  expect(wanted).toHaveLength(59);
  expect(wanted.filter((number) => !named.has(number)).map((number) => `${String(number)}: ${hostileCases[number] ?? ''}`)).toEqual([]);
  expect([...named].filter((number) => !wanted.includes(number))).toEqual([]);
});
