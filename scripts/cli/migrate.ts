import { randomUUID } from 'node:crypto';
import { migrateUp, MigrationsRefused, readMigrations } from '../../subgraphs/teams/store/migrations.ts';
import { type Command, CommandFault } from './command.ts';
import { databaseFlags, databaseUrl, withDatabase } from './database.ts';

/** `migrate` */
export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate',
  summary: 'brings the teams database up to date',
  details: 'Applies what is missing, each migration in a transaction of its own; of several that run at once one does the work. npm run migrate does the same.',
  flags: databaseFlags,
  positionals: [0, 0],
  run: async (invocation) => {
    // says in time that nobody is there; the migrations themselves take as long as they take
    await withDatabase(invocation, () => Promise.resolve());
    const applied = await migrateUp({ url: databaseUrl(invocation), migrations: await readMigrations(), newId: randomUUID }).catch((error: unknown) => {
      throw error instanceof MigrationsRefused ? new CommandFault('CONFLICT', error.message) : error;
    });
    invocation.output.say(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
    invocation.output.json({ applied });
    return 0;
  },
};
