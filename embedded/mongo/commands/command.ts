import type { Catalog } from '../store/catalog.ts';
import type { Cursors } from '../store/cursors.ts';
import type { Doc } from '../values/kinds.ts';

/** What a command works on. */
export interface CommandContext {
  readonly catalog: Catalog;
  readonly cursors: Cursors;
  /** The database the command was sent to. */
  readonly database: string;
  readonly now: () => Date;
}

/** One command of the protocol. */
export interface Command {
  /** The fields it takes beside its own name and those every command takes; any other is refused. */
  readonly fields: readonly string[];
  /**
   * @returns the reply without `ok`
   * @throws MongoFault, which becomes an error reply
   */
  readonly run: (request: Doc, context: CommandContext) => Doc;
}
