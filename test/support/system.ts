import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { connect, type Client } from '../../embedded/demo/client.ts';
import { mintDemoTokens } from '../../embedded/demo/tokens.ts';
import { type Mint, startIssuer } from '../../embedded/issuer.ts';
import { prepareTeamsDatabase } from '../../embedded/prepareTeams.ts';
import { seedContacts } from '../../embedded/demo/seedContacts.ts';
import { startSystem as startInProcess, type System, type SystemOptions } from '../../embedded/system.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import type { TriggerOptions } from '../../subgraphs/teams/jobs/triggers.ts';
import { kafkaForSystem } from './kafka.ts';
import { mongoForSystem } from './mongo.ts';
import { postgresForSystem } from './postgres.ts';
import { freePorts } from '../../scripts/servers/ports.ts';

/** The two ways in which the same code runs. */
export const modes = ['one process', 'three processes'] as const;
export type Mode = (typeof modes)[number];

/** A running system with the demo data. */
export type TestSystem = Readonly<{
  url: string;
  mint: Mint;
  token: (key: string) => string;
  /** A client with the token of a demo person or service. */
  as: (key: string) => Client;
  close(): Promise<void>;
}>;

/** A system in three processes: where the subgraphs listen, and which processes they are. */
export type ApartSystem = TestSystem & Readonly<{ teamsUrl: string; contactsUrl: string; teams: ChildProcess; contacts: ChildProcess }>;

/** Starts the system in one of its modes, on free ports. */
export const startSystem = (mode: Mode, squads?: TestSquads): Promise<TestSystem> => (mode === 'one process' ? startOneProcess({ squads }) : startThreeProcesses(squads));

/** Where the squads listen, and the tokens that they know us by. */
export type TestSquads = Readonly<Record<'chat' | 'crm', Readonly<{ url: string; token: string }>>>;

const triggersOf = ({ chat, crm }: TestSquads): TriggerOptions => ({
  squads: { chat: { ...chat, url: new URL(chat.url) }, crm: { ...crm, url: new URL(crm.url) } },
  allowLoopback: true,
  random: Math.random,
  // in three processes it is 5 s, as in life
  timeoutMs: 1_000,
});

/** Starts the system in this process; `seeing` says how it is watched. */
export const startOneProcess = async ({ squads, ...seeing }: Readonly<{ squads?: TestSquads | undefined }> & Partial<Pick<SystemOptions, 'tracing' | 'logLevel' | 'logTo'>> = {}): Promise<TestSystem & Pick<System, 'metrics'>> => {
  const servers = await freshServers();
  const system = await startInProcess({
    host: '127.0.0.1',
    port: 0,
    logLevel: 'fatal',
    databaseUrl: servers.postgres,
    mongoUrl: servers.mongo,
    mongoDatabase: servers.mongoDatabase,
    kafka: servers.kafka,
    signingKey: randomUUID(),
    ...(squads !== undefined && { triggers: triggersOf(squads) }),
    ...seeing,
  });
  const { url, issuer, token, metrics } = system;
  const close = async (): Promise<void> => {
    await system.close();
    await servers.close();
  };
  return { url, mint: issuer.mint, token, as: (key) => connect(url, token(key)), metrics, close };
};

/** Empty databases and a new topic of the test run's servers; nothing when the system is to bring its own. */
const freshServers = async () => {
  const [postgres, mongo, kafka] = [await postgresForSystem(), mongoForSystem(), kafkaForSystem()];
  const close = async (): Promise<void> => {
    await Promise.all([postgres.close(), mongo.close(), kafka.close()]);
  };
  return { postgres: postgres.url, mongo: mongo.url, mongoDatabase: mongo.database, kafka: kafka.options, close };
};

type Servers = Awaited<ReturnType<typeof freshServers>>;

/** As the parts' development entries do with servers of their own. */
const seed = async ({ postgres, mongo, mongoDatabase }: Servers): Promise<void> => {
  if (postgres !== undefined) await prepareTeamsDatabase(postgres);
  if (mongo !== undefined) await seedContacts({ url: mongo, database: mongoDatabase, now: Date.now() });
};

const variablesOf = ({ postgres, mongo, mongoDatabase, kafka }: Servers): Readonly<Record<string, string>> => ({
  ...(postgres === undefined ? {} : { DATABASE_URL: postgres }),
  ...(mongo === undefined ? {} : { MONGODB_URL: mongo }),
  ...(kafka === null ? {} : { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_TOPIC_PREFIX: kafka.topicPrefix }),
  MONGODB_DATABASE: mongoDatabase,
});

const triggerVariables = ({ chat, crm }: TestSquads): Readonly<Record<string, string>> => ({
  CHAT_TRIGGER_URL: chat.url,
  CHAT_TRIGGER_TOKEN: chat.token,
  CRM_TRIGGER_URL: crm.url,
  CRM_TRIGGER_TOKEN: crm.token,
});

/** Starts teams, contacts and gateway as processes of their own, over HTTP, with an issuer in this one. */
export const startThreeProcesses = async (squads?: TestSquads): Promise<ApartSystem> => {
  const logger = createLogger({ name: 'issuer', level: 'fatal' });
  const issuer = await startIssuer({ port: 0, now: Date.now, logger });
  const servers = await freshServers();
  await seed(servers);
  const [teamsPort = 0, contactsPort = 0] = await freePorts(2);
  const common = {
    ...variablesOf(servers),
    INTERNAL_SIGNING_KEYS: randomUUID(),
    LOG_LEVEL: 'fatal',
    TEAMS_URL: `http://127.0.0.1:${String(teamsPort)}`,
    CONTACTS_URL: `http://127.0.0.1:${String(contactsPort)}`,
    SSO_ISSUER: issuer.issuer,
    SSO_AUDIENCE: issuer.audience,
    SSO_JWKS_URL: issuer.jwksUrl,
  };
  const [teams, contacts, gateway] = await Promise.all([
    startPart('embedded/teams.ts', { ...common, ...(squads === undefined ? {} : triggerVariables(squads)), PORT: String(teamsPort) }),
    startPart('embedded/contacts.ts', { ...common, PORT: String(contactsPort) }),
    startPart('embedded/gateway.ts', { ...common, PORT: '0' }),
  ]);
  const token = await mintDemoTokens(issuer.mint);
  const { url } = gateway;
  return {
    url,
    mint: issuer.mint,
    token,
    as: (key) => connect(url, token(key)),
    teamsUrl: common.TEAMS_URL,
    contactsUrl: common.CONTACTS_URL,
    teams: teams.child,
    contacts: contacts.child,
    close: async () => {
      await Promise.all([gateway, contacts, teams].map(({ child }) => stopPart(child)));
      await issuer.close();
      await servers.close();
    },
  };
};

type Part = Readonly<{ child: ChildProcess; url: string }>;
const startLimitMs = 50_000;

/** Starts a part's development entry and waits until it says where it is. */
const startPart = async (entry: string, env: Readonly<Record<string, string>>): Promise<Part> => {
  const { DATABASE_URL: _database, MONGODB_URL: _mongo, KAFKA_BROKERS: _kafka, NODE_OPTIONS: _options, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { ...inherited, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const late = setTimeout(() => child.kill('SIGKILL'), startLimitMs);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = / is ready at (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    clearTimeout(late);
    child.stdout.resume();
    return { child, url };
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  throw new Error(`${entry} ended before it was ready, with ${String(child.signalCode ?? child.exitCode)}${child.signalCode === 'SIGKILL' ? `: it took more than ${String(startLimitMs)} ms` : ''}`);
};

const stopPart = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(late);
};
