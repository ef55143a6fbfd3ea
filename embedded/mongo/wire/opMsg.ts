import type { Doc } from '../values/kinds.ts';
import { decode, encode } from './bson.ts';
import { HEADER_BYTES, ProtocolError } from './frames.ts';

/** The opcode of every command but the first `hello`. */
export const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** A client's permission to stream replies; this server answers each request once. */
const EXHAUST_ALLOWED = 1 << 16;

/** A command with its document sequences merged in under their names. */
export interface Message {
  readonly command: Doc;
  /** False for an unacknowledged write. */
  readonly wantsReply: boolean;
}

const readDocument = (body: Buffer, at: number, end: number): { doc: Doc; next: number } => {
  const size = at + 4 <= end ? body.readInt32LE(at) : 0;
  if (size < 5 || at + size > end) throw new ProtocolError(`a document of ${size} bytes with ${end - at} left in its section`);
  return { doc: decode(body.subarray(at, at + size)), next: at + size };
};

const readSequence = (body: Buffer, at: number, end: number): { name: string; docs: Doc[]; next: number } => {
  const size = at + 4 <= end ? body.readInt32LE(at) : 0;
  const sectionEnd = at + size;
  const nul = body.indexOf(0, at + 4);
  if (size < 5 || sectionEnd > end || nul === -1 || nul >= sectionEnd) throw new ProtocolError('a document sequence that is not well formed');
  const docs: Doc[] = [];
  for (let position = nul + 1; position < sectionEnd; ) {
    const { doc, next } = readDocument(body, position, sectionEnd);
    docs.push(doc);
    position = next;
  }
  return { name: body.toString('utf8', at + 4, nul), docs, next: sectionEnd };
};

/**
 * Reads an OP_MSG. A checksum is passed over: TCP has one of its own, and drivers send none.
 * @throws ProtocolError when flags, sections or documents are not well formed
 */
export const readMessage = (body: Buffer): Message => {
  if (body.length < 9) throw new ProtocolError('an OP_MSG without a section');
  const flags = body.readUInt32LE(0);
  const unknown = flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME);
  if (unknown !== 0) throw new ProtocolError(`unknown required OP_MSG flags ${unknown}; known are ${CHECKSUM_PRESENT}, ${MORE_TO_COME} and ${EXHAUST_ALLOWED}`);
  const end = body.length - ((flags & CHECKSUM_PRESENT) === 0 ? 0 : 4);
  let command: Doc | undefined;
  const sequences = new Map<string, Doc[]>();
  for (let at = 4; at < end; ) {
    const kind = body.readUInt8(at);
    if (kind === 0) {
      if (command !== undefined) throw new ProtocolError('an OP_MSG with two body sections');
      const { doc, next } = readDocument(body, at + 1, end);
      command = doc;
      at = next;
    } else if (kind === 1) {
      const { name, docs, next } = readSequence(body, at + 1, end);
      if (sequences.has(name)) throw new ProtocolError(`an OP_MSG with two sequences named ${name}`);
      sequences.set(name, docs);
      at = next;
    } else throw new ProtocolError(`an OP_MSG section of kind ${kind}; known are 0 and 1`);
  }
  if (command === undefined) throw new ProtocolError('an OP_MSG without a body section');
  for (const [name, docs] of sequences) {
    if (name in command) throw new ProtocolError(`'${name}' both in the body and as a sequence`);
    command[name] = docs;
  }
  return { command, wantsReply: (flags & MORE_TO_COME) === 0 };
};

/** A reply as a whole message, header included. */
export const writeMessage = (reply: Doc, requestId: number, responseTo: number): Buffer => {
  const doc = encode(reply);
  const message = Buffer.allocUnsafe(HEADER_BYTES + 5 + doc.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(requestId, 4);
  message.writeInt32LE(responseTo, 8);
  message.writeInt32LE(OP_MSG, 12);
  message.writeUInt32LE(0, 16);
  message.writeUInt8(0, 20);
  message.set(doc, 21);
  return message;
};
