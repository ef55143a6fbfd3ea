import type { Doc } from '../values/kinds.ts';
import { decode, encode } from './bson.ts';
import { HEADER_BYTES, ProtocolError } from './frames.ts';

/** The opcode that drivers still greet a server with, before they know that it reads OP_MSG. */
export const OP_QUERY = 2004;

const OP_REPLY = 1;
/** The flag of a reply that carries an error. */
const QUERY_FAILURE = 2;

/**
 * Reads a command sent as a query on `<database>.$cmd`, with its database as `$db`.
 * @throws ProtocolError when it is anything else
 */
export const readQuery = (body: Buffer): Doc => {
  const nul = body.indexOf(0, 4);
  const namespace = nul === -1 ? '' : body.toString('utf8', 4, nul);
  const at = nul + 1 + 8;
  if (!namespace.endsWith('.$cmd')) throw new ProtocolError(`an OP_QUERY on '${namespace}'; only commands are read`);
  const size = at + 4 <= body.length ? body.readInt32LE(at) : 0;
  if (size < 5 || at + size > body.length) throw new ProtocolError('an OP_QUERY that is not well formed');
  return { ...decode(body.subarray(at, at + size)), $db: namespace.slice(0, -'.$cmd'.length) };
};

/** The reply to an OP_QUERY as a whole message, header included. */
export const writeReply = (reply: Doc, requestId: number, responseTo: number): Buffer => {
  const doc = encode(reply);
  const message = Buffer.alloc(HEADER_BYTES + 20 + doc.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(requestId, 4);
  message.writeInt32LE(responseTo, 8);
  message.writeInt32LE(OP_REPLY, 12);
  message.writeInt32LE(reply['ok'] === 1 ? 0 : QUERY_FAILURE, 16);
  message.writeInt32LE(1, 32);
  message.set(doc, 36);
  return message;
};
