import type { Socket } from 'node:net';
import { errorReply } from './commands/dispatch.ts';
import { MongoFault } from './fault.ts';
import type { Doc } from './values/kinds.ts';
import { createFrameReader, type Frame, ProtocolError } from './wire/frames.ts';
import { OP_MSG, readMessage, writeMessage } from './wire/opMsg.ts';
import { OP_QUERY, readQuery, writeReply } from './wire/opQuery.ts';

/** A message whose bytes are right, but which holds a value that is not kept here, is answered as a fault. */
const readMessageOrFault = (body: Buffer): { command: Doc | MongoFault; wantsReply: boolean } => {
  try {
    return readMessage(body);
  } catch (error) {
    if (error instanceof MongoFault) return { command: error, wantsReply: true };
    throw error;
  }
};

/** Commands answered in order on one socket; whatever it sends, only this socket can suffer for it. */
export const serveConnection = (socket: Socket, run: (command: Doc) => Doc): void => {
  const reader = createFrameReader();
  let lastId = 0;

  const answer = (frame: Frame): Buffer | undefined => {
    lastId = (lastId + 1) & 0x7fffffff;
    if (frame.opCode === OP_QUERY) return writeReply(run(readQuery(frame.body)), lastId, frame.requestId);
    if (frame.opCode !== OP_MSG) throw new ProtocolError(`a message with opcode ${frame.opCode}; known are ${OP_MSG} and ${OP_QUERY}`);
    const { command, wantsReply } = readMessageOrFault(frame.body);
    const reply = command instanceof MongoFault ? errorReply(command) : run(command);
    return wantsReply ? writeMessage(reply, lastId, frame.requestId) : undefined;
  };

  socket.setNoDelay(true);
  socket.on('data', (bytes: Buffer) => {
    try {
      for (const frame of reader.read(bytes)) {
        const reply = answer(frame);
        // A client that does not read its replies must not make this process keep them all in memory.
        if (reply !== undefined && !socket.write(reply)) socket.pause();
      }
    } catch {
      // Bytes that are no message, or a document that is no BSON: the stream cannot be picked up again.
      socket.destroy();
    }
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => socket.destroy());
};
