import { drain } from './teams/drain.ts';
import type { Measure } from './teams/figure.ts';
import { growth } from './teams/growth.ts';
import { push } from './teams/push.ts';

/**
 * `npm run bench:teams [-- push|growth|drain …]`: the teams subgraph on the real servers at DATABASE_URL and KAFKA_BROKERS, each figure
 * beside a bare measure of the same run, as a table for the README. It asserts nothing: how fast a machine is, is no fault of the code.
 */
const parts: Readonly<Record<string, Measure>> = { push, growth, drain };
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) throw new Error(`${unknown} is not known; there are ${Object.keys(parts).join(', ')}`);

console.log('| | measured | goal |\n|---|---:|---:|');
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const { what, value, goal } of await measure()) console.log(`| ${what} | ${value} | ${goal} |`);
}
