import type { CommandStartedEvent, MongoClient } from 'mongodb';
import { kindOf, type Span, startSpan } from '../../shared/tracing.ts';

/** Makes each command of a traced request a span: its name and its collection, never a filter or a document. The client must monitor commands. */
export const traceCommands = (client: MongoClient): void => {
  const open = new Map<number, Span>();
  const ended = (requestId: number, fault?: unknown): void => {
    const span = open.get(requestId);
    if (span === undefined) return;
    open.delete(requestId);
    if (fault !== undefined) span.fail(kindOf(fault));
    span.end();
  };
  client
    .on('commandStarted', (event) => {
      const collection = collectionOf(event);
      const attributes = { 'db.system.name': 'mongodb', 'db.operation.name': event.commandName, ...(collection !== undefined && { 'db.collection.name': collection }) };
      const span = startSpan(`mongodb ${event.commandName}${collection === undefined ? '' : ` ${collection}`}`, attributes, 'client');
      if (span !== null) open.set(event.requestId, span);
    })
    .on('commandSucceeded', ({ requestId }) => ended(requestId))
    .on('commandFailed', ({ requestId, failure }) => ended(requestId, failure));
};

const collectionOf = ({ command, commandName }: CommandStartedEvent): string | undefined => {
  // of a command only the collection is read: the first value, or `collection` of a getMore
  const name: unknown = commandName === 'getMore' ? command['collection'] : command[commandName];
  return typeof name === 'string' ? name : undefined;
};
