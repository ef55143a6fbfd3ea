import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { migrateUp, readMigrations } from '../../subgraphs/teams/store/migrations.ts';

/** Makes a database with all migrations and no rows, for tests to copy; answers its name. One per set of migrations. */
export const makeTemplate = async (server: string): Promise<string> => {
  const migrations = await readMigrations();
  const hash = createHash('sha256').update(migrations.map(({ name, checksum }) => name + checksum).join());
  const name = `template_${hash.digest('hex').slice(0, 16)}`;
  await onServer(server, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrateUp({ url: url.href, migrations, newId: randomUUID });
  return name;
};

const onServer = async (server: string, work: (client: Client) => Promise<void>): Promise<void> => {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
