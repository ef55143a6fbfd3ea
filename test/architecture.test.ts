import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { breaches, rules } from './support/architecture.ts';

const files = ['gateway', 'subgraphs', 'embedded', 'bench']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`))
  .filter((path) => path.endsWith('.ts') && !path.includes('/generated/'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** For each rule, in order: a file that breaks it and nothing else. */
const seeded = [
  { path: 'subgraphs/teams/domain/seeded.ts', text: `import { createHash } from 'node:crypto';` },
  { path: 'subgraphs/shared/access/seeded.ts', text: `export const at = () => Date.now();` },
  { path: 'subgraphs/contacts/loaders.ts', text: `import { MongoClient } from 'mongodb';` },
  { path: 'subgraphs/teams/events/relay.ts', text: `import { Kafka } from 'kafkajs';` },
  { path: 'gateway/auth.ts', text: `export const issuer = process.env['SSO_ISSUER'];` },
  { path: 'subgraphs/teams/commands/seeded.ts', text: `import { GraphQLError } from 'graphql';` },
  { path: 'subgraphs/contacts/resolvers/seeded.ts', text: `import PgBoss from 'pg-boss';` },
  { path: 'gateway/seeded.ts', text: `import { canRead } from '../subgraphs/teams/store/teams.ts';` },
  { path: 'subgraphs/teams/seeded.ts', text: `import { trace } from '@opentelemetry/api';` },
  { path: 'subgraphs/contacts/seeded.ts', text: `import { startMongoServer } from '../../embedded/mongo/server.ts';` },
] as const;

describe('who may import whom', () => {
  test('holds in every file', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(breaches(files)).toEqual([]);
  });

  test.each(rules.map(({ name }, index) => [name, index] as const))('a seeded breach is found: %s', (name, index) => {
    const file = seeded[index];
    expect(file && breaches([file]).map((breach) => breach.startsWith(name))).toEqual([true]);
  });
});
