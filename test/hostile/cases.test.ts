import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { hostileCases } from '../support/hostile/cases.ts';

/** Texts that begin with a number, or with several: only names of tests, and rows that they are made from, do. */
const numbered = /['"`](HOSTILE \d+(?:, HOSTILE \d+)*)['"`:]/g;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts') || /^hostile\/.*\.ts$/.test(file));

test('each of the 59 hostile cases is in the name of at least one test, and no other number is', () => {
  const names = files.flatMap((file) => [...readFileSync(`test/${file}`, 'utf8').matchAll(numbered)].map(([, name = '']) => name));
  const named = new Set(names.flatMap((name) => [...name.matchAll(/\d+/g)].map(Number)));
  const wanted = Object.keys(hostileCases).map(Number);
  expect(wanted).toHaveLength(59);
  expect(wanted.filter((number) => !named.has(number)).map((number) => `${String(number)}: ${hostileCases[number] ?? ''}`)).toEqual([]);
  expect([...named].filter((number) => !wanted.includes(number))).toEqual([]);
});
