import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { criteriaNamed } from '../support/criteriaNamed.ts';
import { clientCriteria, criteriaOf, serverCriteria } from '../support/teamStories.ts';

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts') && file !== 'unit/stories.test.ts');

test('each criterion of TEAM-S01 to S18 and NEG-1 to 9 that a server can show is in the name of at least one test', () => {
  const named = new Set(files.flatMap((file) => [...criteriaNamed(readFileSync(`test/${file}`, 'utf8'))]));
  expect(Object.keys(serverCriteria).filter((criterion) => !named.has(criterion))).toEqual([]);
});

test('every criterion is either one that a server can show, or one of which it is said why only a client can', () => {
  const numbered = (kind: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${kind}-${String(n + 1)}`);
  const all = Object.entries(criteriaOf).flatMap(([story, { acs, errors }]) => [...numbered('AC', acs), ...numbered('ERR', errors)].map((each) => `${story} ${each}`));
  expect([...Object.keys(serverCriteria), ...Object.keys(clientCriteria)].sort()).toEqual([...all, ...numbered('NEG', 9)].sort());
});

test.each<[string, string, readonly string[]]>([
  ['the name of a test', `test('TEAM-S04 ERR-1, TEAM-S06 AC-3: x', () => {})`, ['TEAM-S04 ERR-1', 'TEAM-S06 AC-3']],
  ['a describe around it, with a range', `describe('TEAM-S12: notes', () => { test('AC-1 to AC-3, NEG-7: x', f) })`, ['TEAM-S12 AC-1', 'TEAM-S12 AC-2', 'TEAM-S12 AC-3', 'NEG-7']],
  ['rows', `const rows = [['TEAM-S08', 'web'], ['TEAM-S09', 'mobile']]; describe.each(rows)('%s on %s', () => { test.each(['a'])('AC-2: %s', f); })`, ['TEAM-S08 AC-2', 'TEAM-S09 AC-2']],
  ['a story of another document, which shows none of these', `describe('OTM-S01', () => { test('NEG-1, AC-1: x', f) })`, ['OTM-S01 AC-1']],
  ['a comment, which shows none', `// TEAM-S01 AC-1\ntest('x', () => { f('TEAM-S01 AC-1') })`, []],
  ['a test that is left out, which shows none', `test.skip('TEAM-S01 AC-1', f); describe.skip('TEAM-S01', () => { test('AC-1', f) })`, []],
])('criteria are read from %s', (_what, text, criteria) => {
  expect([...criteriaNamed(text)]).toEqual(criteria);
});
