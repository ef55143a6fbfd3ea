import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

/**
 * `npm run build`: JavaScript for production in `dist/`, laid out as the sources are, so that what is read beside a module
 * (`schema/*.graphql`, `prisma/migrations/`) is found the same way. Stand-ins, tests and benches are not in it.
 * Exits 1 when the compiler finds a fault; `dist/` is then not there.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const dist = at('dist');

/** Run by `node dist/…`; the compiler follows their imports and writes nothing else. */
const entries = ['gateway/main.js', 'subgraphs/teams/main.js', 'subgraphs/contacts/main.js', 'scripts/migrate.js', 'scripts/cli.js'];
const forbidden = /^(embedded|test|bench)\b/;

const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(folder, file)).isFile());

const fail = (message) => {
  rmSync(dist, { recursive: true, force: true });
  console.error(message);
  process.exit(1);
};

prepare();
const started = Date.now();
rmSync(dist, { recursive: true, force: true });
const compiler = spawnSync(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiler.status !== 0) fail('The build failed: see the faults above.');

for (const file of readdirSync(at('schema')).filter((name) => name.endsWith('.graphql'))) cpSync(at('schema', file), join(dist, 'schema', file));
cpSync(at('prisma', 'migrations'), join(dist, 'prisma', 'migrations'), { recursive: true });

const files = filesUnder(dist);
const stray = files.filter((file) => forbidden.test(file));
if (stray.length > 0) fail(`The build would carry what is for development only: ${stray.join(', ')}`);
const missing = entries.filter((entry) => !files.includes(entry));
if (missing.length > 0) fail(`The build lacks ${missing.join(', ')}`);
// An import of a .ts file would work from the checkout alone.
const unresolved = files.filter((file) => file.endsWith('.js') && /(?:from|import\()\s*['"]\.{1,2}\/[^'"]*\.ts['"]/.test(readFileSync(join(dist, file), 'utf8')));
if (unresolved.length > 0) fail(`The build imports TypeScript in ${unresolved.join(', ')}`);

const bytes = files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0);
console.log(`dist/: ${String(files.length)} files, ${String(Math.round(bytes / 1024))} KiB, in ${((Date.now() - started) / 1000).toFixed(1)} s`);
