import { CompressionTypes, Kafka, KafkaJSProtocolError, logLevel, type Producer } from 'kafkajs';
import { type KafkaOptions, teamTopic } from './publisherTopic.ts';

/**
 * What a publisher sends through: Kafka, or a stand-in in tests. `send` resolves when the broker has all of it.
 * @throws MessagesRefused when the broker will not have them as they are; anything else means that it cannot be used now.
 */
export type Outlet = Readonly<{ send(messages: readonly OutletMessage[]): Promise<void>; close(): Promise<void> }>;
export type OutletMessage = Readonly<{ key: string; value: string }>;

/** The broker is there and refuses messages for what they are: sending them again as they are is of no use. */
export class MessagesRefused extends Error {
  override readonly name = 'MessagesRefused';
}

/** Kafka as an outlet: connects with the first message, keeps order, and drops the broker's own duplicates. */
export const kafkaOutlet = (options: KafkaOptions): Outlet => {
  const kafka = new Kafka({ clientId: 'one-team', brokers: [...options.brokers], logLevel: logLevel.NOTHING, connectionTimeout: 3_000, requestTimeout: 10_000, retry: { retries: 2 } });
  let producer: Producer | null = null;
  return {
    send: async (messages) => {
      producer ??= kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry: { retries: 2 } });
      try {
        await producer.connect();
        await producer.send({ topic: teamTopic(options), acks: -1, compression: CompressionTypes.None, messages: [...messages] });
      } catch (error) {
        // a producer whose sequence is in doubt is not used again
        await producer.disconnect().catch(() => undefined);
        producer = null;
        throw refusalIn(error) ?? error;
      }
    },
    close: async () => producer?.disconnect(),
  };
};

/** Answers of a broker that are about the messages. The last one is INVALID_RECORD (87), which kafkajs has no name for. */
const aboutMessages: readonly string[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_TIMESTAMP'];
const invalidRecord = 'Unknown error code 87';

const refusalIn = (error: unknown): MessagesRefused | null => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof KafkaJSProtocolError)) continue;
    if (aboutMessages.includes(cause.type)) return new MessagesRefused(`${cause.type}: ${cause.message}`, { cause: error });
    if (cause.message === invalidRecord) return new MessagesRefused('INVALID_RECORD: the broker refuses the message as invalid', { cause: error });
  }
  return null;
};
