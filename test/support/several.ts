import { randomUUID } from 'node:crypto';
import { connect, type Client } from '../../embedded/demo/client.ts';
import { seedContacts } from '../../embedded/demo/seedContacts.ts';
import { mintDemoTokens } from '../../embedded/demo/tokens.ts';
import { startIssuer } from '../../embedded/issuer.ts';
import { prepareTeamsDatabase } from '../../embedded/prepareTeams.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { connectHttp, type Peer } from '../../subgraphs/shared/peer.ts';
import { type Database, openDatabase } from '../../subgraphs/teams/store/database.ts';
import type { KafkaOptions } from '../../subgraphs/teams/events/publisherTopic.ts';
import { freshKafka } from './kafka.ts';
import { freshMongo } from './mongo.ts';
import { freshPostgres } from './postgres.ts';
import { type Balancer, startBalancer } from './proxy.ts';
import { type Running, startProcess } from './severalProcess.ts';

export type Two = readonly [Running, Running];

/** Two processes of each kind on the real servers, with the demo data; before each pair something that takes turns. */
export type SeveralSystem = Readonly<{
  teams: Two;
  contacts: Two;
  gateways: Two;
  /** A client of the demo's person or service that speaks to both gateways in turn. */
  as(key: string): Client;
  /** The same, of one gateway. */
  at(gateway: Running, key: string): Client;
  /** The gateway's way to one process of a subgraph. */
  peerOf(audience: 'teams' | 'contacts', process: Running): Peer;
  /** The teams database. */
  database: Database;
  kafka: KafkaOptions;
  close(): Promise<void>;
}>;

/** Starts it. Every part is its real entry, as deployed. */
export const startSeveral = async (): Promise<SeveralSystem> => {
  const closers: (() => Promise<void>)[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(keep, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
};

type Keep = <T extends { close(): Promise<void> }>(part: T) => T;

const start = async (keep: Keep, closers: (() => Promise<void>)[], close: () => Promise<void>): Promise<SeveralSystem> => {
  const key = randomUUID();
  const issuer = keep(await startIssuer({ port: 0, now: Date.now, logger: createLogger({ name: 'issuer', level: 'fatal' }) }));
  const [postgres, mongo, kafka] = [keep(await freshPostgres()), keep(await freshMongo()), keep(freshKafka())];
  await prepareTeamsDatabase(postgres.url);
  await seedContacts({ url: mongo.url, database: mongo.database, now: Date.now() });
  const two = async (entry: string, env: Readonly<Record<string, string>>): Promise<readonly [Two, Balancer]> => {
    const all = { INTERNAL_SIGNING_KEYS: key, ...env };
    const pair = (await Promise.all([startProcess(entry, all), startProcess(entry, all)])) satisfies Two;
    closers.push(async () => {
      await Promise.all(pair.map((process) => process.stop()));
    });
    return [pair, keep(await startBalancer(pair.map(({ url }) => new URL(url).origin)))];
  };
  const [teams, teamsDoor] = await two('subgraphs/teams/main.ts', {
    DATABASE_URL: postgres.url,
    KAFKA_BROKERS: kafka.options.brokers.join(','),
    KAFKA_TOPIC_PREFIX: kafka.options.topicPrefix,
  });
  const [contacts, contactsDoor] = await two('subgraphs/contacts/main.ts', { MONGODB_URL: mongo.url, MONGODB_DATABASE: mongo.database, TEAMS_URL: teamsDoor.url });
  const [gateways, door] = await two('gateway/main.ts', {
    TEAMS_URL: teamsDoor.url,
    CONTACTS_URL: contactsDoor.url,
    SSO_ISSUER: issuer.issuer,
    SSO_AUDIENCE: issuer.audience,
    SSO_JWKS_URL: issuer.jwksUrl,
  });
  const token = await mintDemoTokens(issuer.mint);
  return {
    teams,
    contacts,
    gateways,
    as: (who) => connect(`${door.url}/graphql`, token(who)),
    at: ({ url }, who) => connect(url, token(who)),
    peerOf: (audience, { url }) => keep(connectHttp({ caller: 'gateway', audience, keys: [key], now: Date.now }, new URL(url))),
    database: keep(openDatabase({ url: postgres.url, poolSize: 4 })),
    kafka: kafka.options,
    close,
  };
};
