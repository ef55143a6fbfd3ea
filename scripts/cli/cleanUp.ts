import { randomUUID } from 'node:crypto';
import { kafkaPublication } from '../../subgraphs/teams/events/publicationName.ts';
import { cleanUp as cleanUpNow } from '../../subgraphs/teams/jobs/cleanUp.ts';
import { publishedTo } from '../../subgraphs/teams/store/publications.ts';
import type { Command } from './command.ts';
import { databaseFlags, withDatabase } from './database.ts';

/** `clean-up` */
export const cleanUp: Command = {
  name: 'clean-up',
  usage: 'clean-up',
  summary: 'removes what is kept for 30 days only, as teams does by itself each night',
  details: `Jobs with their results, keys of creates, and events that everybody has had; runs keep their totals. Once a night over all processes. Run it with the
KAFKA_BROKERS of teams, so that what has yet to be published is kept.`,
  flags: databaseFlags,
  positionals: [0, 0],
  run: (invocation) =>
    withDatabase(invocation, async (database) => {
      const { env, output, signal } = invocation;
      const isPublished = (env['KAFKA_BROKERS'] ?? '') !== '' || (await publishedTo(database.prisma, kafkaPublication)) > 0;
      const removed = await cleanUpNow({ database, newId: randomUUID, isPublished }, signal);
      output.say(
        removed === null
          ? 'Nothing to do: it has been done this night, or another process is at it.'
          : `Removed ${String(removed.jobs)} jobs, ${String(removed.keys)} keys of creates, ${String(removed.events)} events.`,
      );
      output.json({ removed });
      return 0;
    }),
};
