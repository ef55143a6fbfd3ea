import { readFileSync, writeFileSync } from 'node:fs';
import { composeSupergraph } from '../schema/compose.ts';
import { documentSchema } from '../schema/document.ts';

/** `npm run schema`: composes the supergraph and documents the wire. With `--check`: exits 1 when either is stale. */
const made = [
  { file: 'schema/supergraph.graphql', text: composeSupergraph() },
  { file: 'docs/schema.md', text: documentSchema() },
];

const here = (file: string): URL => new URL(`../${file}`, import.meta.url);

if (process.argv.includes('--check')) {
  const stale = made.filter(({ file, text }) => readFileSync(here(file), 'utf8') !== text);
  for (const { file } of stale) console.error(`${file} is stale: run npm run schema and commit it.`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { file, text } of made) {
    writeFileSync(here(file), text);
    console.log(`${file}: ${String(text.split('\n').length)} lines`);
  }
}
