import { type Collection, type Document, MongoClient } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';

/** What the server did for some reads, all of them together, and what they came to. */
export type Explained<T> = Readonly<{ answer: T; returned: number; documents: number; keys: number; sorts: boolean; scans: boolean }>;

/** Contacts on a connection that knows what was sent over it, for one reader at a time. */
export type Explaining = Readonly<{
  contacts: Collection<ContactDocument>;
  /** Does some reads, and has the server explain each command that they were. @throws when nothing was read */
  explained<T>(read: () => Promise<T>): Promise<Explained<T>>;
  close(): Promise<void>;
}>;

type Explanation = { queryPlanner: { winningPlan: Document }; executionStats: { nReturned: number; totalDocsExamined: number; totalKeysExamined: number } };
/** Of a command itself, not of the session that it was sent in. */
const explainable: ReadonlySet<string> = new Set(['find', 'filter', 'sort', 'projection', 'skip', 'limit', 'hint', 'aggregate', 'pipeline', 'cursor']);

/** Opens a connection of its own to a real MongoDB. */
export const openExplaining = async ({ url, database }: Readonly<{ url: string; database: string }>): Promise<Explaining> => {
  const client = await new MongoClient(url, { monitorCommands: true }).connect();
  const db = client.db(database);
  let sent: Document[] = [];
  client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find' || commandName === 'aggregate') sent.push(command);
  });
  const explain = async (command: Document): Promise<Explanation> => {
    const own = Object.fromEntries(Object.entries(command).filter(([field]) => explainable.has(field)));
    const told = (await db.command({ explain: own, verbosity: 'executionStats' })) as Explanation & { stages?: [{ $cursor: Explanation }] };
    return told.stages?.[0].$cursor ?? told;
  };
  return {
    contacts: db.collection('contacts'),
    explained: async (read) => {
      sent = [];
      const answer = await read();
      const commands = sent;
      if (commands.length === 0) throw new Error('nothing was read');
      const told = await Promise.all(commands.map(explain));
      const sum = (of: (stats: Explanation['executionStats']) => number): number => told.reduce((total, { executionStats }) => total + of(executionStats), 0);
      const stages = new Set([...JSON.stringify(told.map(({ queryPlanner }) => queryPlanner.winningPlan)).matchAll(/"stage":"([A-Z_]+)"/g)].map(([, stage]) => stage ?? ''));
      return {
        answer,
        returned: sum(({ nReturned }) => nReturned),
        documents: sum(({ totalDocsExamined }) => totalDocsExamined),
        keys: sum(({ totalKeysExamined }) => totalKeysExamined),
        sorts: stages.has('SORT'),
        scans: stages.has('COLLSCAN'),
      };
    },
    close: () => client.close(),
  };
};
