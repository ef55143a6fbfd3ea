import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { migrateTeams } from '../../subgraphs/teams/commands/migrateTeams.ts';
import { kafkaPublication } from '../../subgraphs/teams/events/publicationName.ts';
import { startBackground } from '../../subgraphs/teams/jobs/background.ts';
import type { PushedItem } from '../../subgraphs/teams/domain/migrationItem.ts';
import { addCompany, chat, good, item, pushOf } from '../../test/support/migration.ts';
import { type TeamsPlace, teamsPlace, timed, topicPlace } from '../place.ts';
import { type Measure, ratio, seconds } from './figure.ts';

const count = 100_000;
const callLength = 10_000;
const statementLength = 1_000;
const companies = 10;
const waitMs = 600_000;

const parentOf = (n: number): number | null => (n % callLength === 0 ? null : Math.floor((n % callLength) / 10) + n - (n % callLength));
const itemsOf = (companyId: string, from: number): readonly PushedItem[] =>
  Array.from({ length: callLength }, (_, i) => {
    const parent = parentOf(from + i);
    return item(companyId, String(from + i), { parentAppIdentifierId: parent === null ? null : String(parent) });
  });

/** The same teams and outbox rows by plain multi-row INSERTs over one connection, a transaction for each call of 10,000. */
const plainly = async (plain: Client, companyIds: readonly string[]): Promise<void> => {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (let from = 0; from < count; from += callLength) {
    await plain.query('BEGIN');
    for (let start = from; start < from + callLength; start += statementLength) {
      const companyId = companyIds[Math.floor(from / callLength) % companies];
      const rows = Array.from({ length: statementLength }, (_, i) => start + i);
      const teams = rows.flatMap((n) => {
        const parent = parentOf(n);
        return [ids[n], companyId, `Chat - Team ${String(n)}`, `chat - team ${String(n)}`, parent === null ? null : ids[parent], 'Chat', String(n)];
      });
      await plain.query(`INSERT INTO teams (id, company_id, name, name_key, parent_id, source_identifier, reference_id) VALUES ${places(rows.length, 7)}`, teams);
      const now = new Date();
      const events = rows.flatMap((n) => {
        const parent = parentOf(n);
        const payload = { team_name: `Chat - Team ${String(n)}`, app: 'chat', app_identifier_id: String(n), source_identifier: 'Chat', company_sso_id: companyId, parent_id: parent === null ? null : ids[parent], members: [], created_by_sso_id: '' };
        return [randomUUID(), companyId, 'TEAM_MIGRATED', 'team', ids[n], true, 'chat', JSON.stringify(payload), now];
      });
      await plain.query(`INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, app, payload, occurred_at) VALUES ${places(rows.length, 9)}`, events);
    }
    await plain.query('COMMIT');
  }
};

const places = (rows: number, columns: number): string =>
  Array.from({ length: rows }, (_, row) => `(${Array.from({ length: columns }, (__, column) => `$${String(row * columns + column + 1)}`).join()})`).join();

const companiesIn = async ({ database }: TeamsPlace): Promise<readonly string[]> => Promise.all(Array.from({ length: companies }, () => addCompany(database)));

const until = async (done: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + waitMs; !(await done()); ) {
    if (performance.now() > end) throw new Error(`It did not end within ${String(waitMs / 1_000)} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** 100,000 teams in calls of 10,000 with their events on Kafka, beside plain SQL; then the same push again. */
export const push: Measure = async () => {
  const [bare, real, topic] = [await teamsPlace(), await teamsPlace(), await topicPlace()];
  const logger = createLogger({ name: 'bench', level: 'fatal' });
  const background = await startBackground({
    database: real.database, databaseUrl: real.url, logger, record: createMetrics('bench', logger).record, now: Date.now, newId: randomUUID, kafka: topic.options,
  });
  const [bareCompanies, realCompanies] = [await companiesIn(bare), await companiesIn(real)];
  const ended = async (): Promise<boolean> => (await real.database.prisma.migrationJob.count({ where: { finishedAt: null } })) === 0;
  const published = async (): Promise<boolean> =>
    (await ended()) && Number((await real.database.prisma.publication.findUnique({ where: { name: kafkaPublication } }))?.position ?? 0) >= count + 1;
  const pushAll = async (): Promise<void> => {
    for (let from = 0; from < count; from += callLength) {
      good(await migrateTeams(background.migration, chat, pushOf(itemsOf(realCompanies[Math.floor(from / callLength) % companies] ?? '', from))));
    }
  };
  // everything is loaded and connected before anything is measured
  good(await migrateTeams(background.migration, chat, pushOf([item(realCompanies[0] ?? '', 'warm')])));
  await until(ended);
  const plainMs = await timed(() => plainly(bare.plain, bareCompanies));
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
  let workedMs = 0;
  const start = performance.now();
  const firstMs = await timed(async () => {
    await pushAll();
    await until(ended);
    workedMs = performance.now() - start;
    await until(published);
  });
  const againMs = await timed(async () => {
    await pushAll();
    await until(ended);
  });
  clearInterval(watch);
  const made = await real.database.prisma.team.count();
  if (made !== count + 1) throw new Error(`${String(made)} teams instead of ${String(count + 1)}`);
  await background.close();
  await Promise.all([bare.close(), real.close(), topic.close()]);
  const megabytes = (most - before) / 1_048_576;
  return [
    { what: `${count.toLocaleString('en')} teams pushed in calls of 10,000, events on Kafka (${seconds(firstMs)}, worked off in ${seconds(workedMs)}) beside plain INSERTs (${seconds(plainMs)})`, value: ratio(firstMs / plainMs), goal: '≤ 3 ×' },
    { what: 'the same push again, beside the first', value: ratio(againMs / firstMs), goal: '≤ 1 ×' },
    { what: 'growth of the process meanwhile', value: `${megabytes.toFixed(0)} MB`, goal: '≤ 150 MB' },
  ];
};
