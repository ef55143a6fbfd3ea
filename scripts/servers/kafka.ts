import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { launch, untilReady } from './daemon.ts';
import { kafkaJars } from './kafkaJars.ts';
import { titles } from './kinds.ts';
import { freePorts } from './ports.ts';
import { mustRun } from './programs.ts';
import type { Recipe } from './recipe.ts';

const java = (jars: string, memory: string): readonly string[] => ['-cp', join(jars, '*'), `-Xmx${memory}`, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];

/** Kafka on Java 17, broker and controller in one process; a topic that nobody made is not there. */
export const startKafkaServer: Recipe = async ({ folder, cache, say }) => {
  const jars = await kafkaJars(cache, say);
  const log = join(folder, 'log');
  const file = join(folder, 'server.properties');
  await mkdir(folder, { recursive: true });
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const address = `127.0.0.1:${String(port)}`;
  await writeFile(file, properties({ address, controller: `127.0.0.1:${String(controllerPort)}`, data: join(folder, 'data') }));
  // A cluster's name is 16 bytes; one that starts with a dash would be read as an option.
  const cluster = `a${randomBytes(16).toString('base64url').slice(1)}`;
  await mustRun('Formatting the Kafka folder', 'java', [...java(jars, '128m'), 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', file], { limitMs: 60_000 });
  const daemon = await launch({ command: 'java', args: [...java(jars, '512m'), 'kafka.Kafka', file], log });
  await untilReady(daemon, { title: titles.kafka, log, limitMs: 60_000 }, () => coordinates(address));
  return { url: address, daemon, folders: [folder] };
};

const properties = ({ address, controller, data }: Readonly<Record<'address' | 'controller' | 'data', string>>): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${address},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${address}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** Ready when it keeps groups as well: the first seconds it answers "the coordinator is loading". */
const coordinates = async (address: string): Promise<boolean> => {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, connectionTimeout: 2_000, requestTimeout: 5_000, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    if ((await admin.describeCluster()).brokers.length === 0) return false;
    await admin.fetchOffsets({ groupId: 'readiness', topics: [] });
    return true;
  } finally {
    await admin.disconnect();
  }
};
