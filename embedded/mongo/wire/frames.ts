/** The greatest message MongoDB accepts, in bytes. */
export const MAX_MESSAGE_BYTES = 48_000_000;

/** Length, request id, response-to and opcode: four 32-bit integers. */
export const HEADER_BYTES = 16;

/** One message of the wire protocol, without its header. */
export interface Frame {
  readonly requestId: number;
  readonly opCode: number;
  readonly body: Buffer;
}

/** The bytes of a connection cannot be read any further; it has to be closed. */
export class ProtocolError extends Error {}

/** Cuts a connection's bytes into messages. */
export interface FrameReader {
  /**
   * Takes the next bytes that arrived.
   * @returns the messages that are complete now
   * @throws ProtocolError when a length is impossible
   */
  read(bytes: Buffer): Frame[];
}

/** A reader that has seen nothing yet. */
export const createFrameReader = (): FrameReader => {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = HEADER_BYTES;

  const nextFrame = (): Frame | undefined => {
    if (held < wanted) return undefined;
    const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    chunks = [bytes];
    const length = bytes.readInt32LE(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
      throw new ProtocolError(`a message of ${length} bytes; allowed are ${HEADER_BYTES} to ${MAX_MESSAGE_BYTES}`);
    }
    wanted = length;
    if (held < length) return undefined;
    chunks = [bytes.subarray(length)];
    held -= length;
    wanted = HEADER_BYTES;
    return { requestId: bytes.readInt32LE(4), opCode: bytes.readInt32LE(12), body: bytes.subarray(HEADER_BYTES, length) };
  };

  return {
    read: (bytes) => {
      chunks.push(bytes);
      held += bytes.length;
      const frames: Frame[] = [];
      for (let frame = nextFrame(); frame !== undefined; frame = nextFrame()) frames.push(frame);
      return frames;
    },
  };
};
