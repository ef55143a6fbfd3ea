import { posix } from 'node:path';
import ts from 'typescript';

export type SourceFile = Readonly<{ path: string; text: string }>;

/** Who may import whom; each rule answers what is wrong with one import, or with the text of one file. */
type Rule = Readonly<{
  name: string;
  ofImport?: (from: string, to: string) => boolean;
  ofText?: (path: string, text: string) => boolean;
}>;

const inside = (path: string, ...folders: readonly string[]): boolean => folders.some((folder) => path.startsWith(`${folder}/`));
const part = (path: string): string | undefined => /^(gateway|subgraphs\/[a-z]+)\//.exec(path)?.[1];
const isCompositionRoot = (path: string): boolean => /\/(main|process|service)\.ts$/.test(path);
const isProduct = (path: string): boolean => inside(path, 'gateway', 'subgraphs');

const pure = /^(?:subgraphs\/(?:teams|contacts)\/domain|subgraphs\/shared\/access)\//;
const pureShared = /^subgraphs\/shared\/(?:access\/|errors\.ts$|text\.ts$|viewer\.ts$)/;
const drivers = /^(@prisma\/|\.prisma|pg$|mongodb$)/;

export const rules: readonly Rule[] = [
  {
    name: 'domain and shared/access import only their own folder, shared/access, and the pure files shared/errors, shared/text, shared/viewer',
    ofImport: (from, to) => {
      const own = pure.exec(from)?.[0];
      return own !== undefined && !to.startsWith(own) && !pureShared.test(to);
    },
  },
  {
    name: 'domain and shared/access read no clock and make no ids',
    ofText: (path, text) => pure.test(path) && /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\b|\bperformance\./.test(text),
  },
  {
    name: 'Prisma, pg and mongodb are used in store and composition roots only',
    ofImport: (from, to) => isProduct(from) && drivers.test(to) && !from.includes('/store/') && !isCompositionRoot(from),
  },
  {
    name: 'kafkajs is used in events/publisher* and events/subscriber* only',
    ofImport: (from, to) => isProduct(from) && to === 'kafkajs' && !/\/events\/(publisher|subscriber)[^/]*\.ts$/.test(from),
  },
  {
    name: 'process.env is read in config.ts only',
    ofText: (path, text) => isProduct(path) && /\bprocess\.env\b/.test(text) && !path.endsWith('/config.ts'),
  },
  {
    name: 'commands know nothing of GraphQL',
    ofImport: (from, to) =>
      from.includes('/commands/') && (/^(graphql|@apollo\/|graphql-)/.test(to) || /\/(resolvers|generated)\//.test(to) || to.endsWith('/edge.ts')),
  },
  {
    name: 'resolvers use commands, queries on the context and generated types, never a driver or a job library',
    ofImport: (from, to) => from.includes('/resolvers/') && (drivers.test(to) || /^(pg-boss|kafkajs|undici)$/.test(to)),
  },
  {
    name: 'gateway, teams and contacts never import one another, and shared imports none of them',
    ofImport: (from, to) => {
      const [of, into] = [part(from), part(to)];
      return of !== undefined && into !== undefined && of !== into && into !== 'subgraphs/shared';
    },
  },
  {
    name: 'OpenTelemetry is used in shared/openTelemetry.ts only',
    ofImport: (from, to) => isProduct(from) && to.startsWith('@opentelemetry/') && from !== 'subgraphs/shared/openTelemetry.ts',
  },
  {
    name: 'what runs in production imports neither embedded servers nor tests',
    ofImport: (from, to) => isProduct(from) && inside(to, 'embedded', 'test', 'bench'),
  },
];

/** Every breach of a rule, as `rule: file → import`. */
export const breaches = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap(({ path, text }) => {
    const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => resolve(path, fileName));
    return rules.flatMap(({ name, ofImport, ofText }) => [
      ...imports.filter((to) => ofImport?.(path, to) ?? false).map((to) => `${name}: ${path} → ${to}`),
      ...((ofText?.(path, text) ?? false) ? [`${name}: ${path}`] : []),
    ]);
  });

const resolve = (from: string, to: string): string =>
  to.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), to)) : to;
