import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scopeMutants } from '../../support/scopeMutants.ts';
import { productRule, type ScopeRule, type Verdicts, verdictsOf } from '../../support/scopeRule.ts';

/** As many as the product is held to; most mutants show within fifty. */
const numRuns = 3_000;

const agree = ({ reference, ...forms }: Verdicts): boolean => Object.values(forms).every((form) => form === reference);
const isCaught = (rule: ScopeRule): boolean => fc.check(verdictsOf(rule, agree), { numRuns, endOnFailure: true }).failed;

test.each(Object.entries(scopeMutants))('a mutant of the rule is caught: %s', (_what, mutant) => {
  expect(isCaught(mutant)).toBe(true);
});

test('the rule itself is not', () => {
  expect(isCaught(productRule)).toBe(false);
});
