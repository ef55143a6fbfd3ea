import type { Logger } from '../../shared/logger.ts';
import { retryGeneralTeams } from '../commands/generalTeam.ts';
import type { CommandDeps } from '../commands/commandDeps.ts';
import { receiveCompanyMessage } from '../commands/takeCompanyEvent.ts';
import { startLoop } from '../events/loop.ts';
import type { KafkaOptions } from '../events/publisherTopic.ts';
import { startCompanySubscriber } from '../events/subscriber.ts';

export type CompaniesDeps = Readonly<{ commands: CommandDeps; logger: Logger; /** Null: nobody tells of new companies but by mutation. */ kafka: KafkaOptions | null }>;

const pollMs = 500;

/** Retries General teams, and takes new companies from Kafka (OTM-S02), until it is closed. */
export const startCompanies = ({ commands, logger, kafka }: CompaniesDeps): Readonly<{ close(): Promise<void> }> => {
  const retries = startLoop({
    pass: () => retryGeneralTeams(commands),
    pollMs,
    onFault: (error) => logger.warn({ err: error }, 'the look for General teams that are due is tried again'),
  });
  const subscriber = kafka === null ? null : startCompanySubscriber({ kafka, logger, receive: (message) => receiveCompanyMessage(commands, message, { logger }) });
  return {
    close: async () => {
      await subscriber?.close();
      await retries.close();
    },
  };
};
