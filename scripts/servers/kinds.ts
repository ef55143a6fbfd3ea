/** The three servers that production runs on. */
export const kinds = ['postgres', 'mongo', 'kafka'] as const;
export type Kind = (typeof kinds)[number];

/** What each is called when a person reads it. */
export const titles: Readonly<Record<Kind, string>> = { postgres: 'Postgres 15', mongo: 'MongoDB 6.0.5', kafka: 'Kafka 4.1' };

/** The variable that each server's URL is handed over in. */
export const variableOf: Readonly<Record<Kind, string>> = { postgres: 'DATABASE_URL', mongo: 'MONGODB_URL', kafka: 'KAFKA_BROKERS' };

/** Where each can be reached; KAFKA_BROKERS is `host:port`. */
export type ServerUrls = Readonly<Record<Kind, string>>;
