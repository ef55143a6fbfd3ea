import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';
import { demoCompanies, demoId } from './data.ts';
import { readSquadFile, type SquadItem } from './squadFile.ts';

/** What the story needs: a caller for each person and service of the demo, and where to print. */
export type Story = Readonly<{ as: (key: string) => Client; print: (line?: string) => void }>;

const jobLimitMs = 60_000;

/** Tells the demo end to end against a running system (issue: the whole supergraph on one command). */
export const tellStory = async (story: Story): Promise<void> => {
  await chatPushes(story);
  await crmPushes(story);
  await pushAgain(story);
  await whoSeesWhat(story);
};

type MigratedAnswer = {
  teamMigrated: {
    eventId: string;
    teamName: string;
    appIdentifierId: string;
    team: { ancestors: { name: string }[]; contacts: { nodes: { name: string }[] } | null } | null;
  };
};
const migratedSelection = `teamMigrated(app: CHAT) { eventId teamName appIdentifierId team { ancestors { name } contacts(first: 3) { nodes { name } } } }`;

const chatPushes = async (story: Story): Promise<void> => {
  const { as, print } = story;
  heading(print, 'The Chat squad listens, and pushes its divisions');
  const heard: string[] = [];
  const chat = as('chat');
  const stop = await chat.subscribe<MigratedAnswer>(`subscription { ${migratedSelection} }`, ({ data, errors }) => {
    if (data === null) return;
    const { teamName, appIdentifierId, team } = data.teamMigrated;
    const below = team?.ancestors.map(({ name }) => name).join(' › ') ?? '';
    const withheld = errors?.find(({ path }) => path?.includes('contacts'))?.extensions.code;
    heard.push(`division ${appIdentifierId} → ${teamName}${below === '' ? '' : `, below ${below}`}; its contacts: ${withheld ?? 'shown'}`);
  });
  // A subscription is live once its socket is open and the subscribe message has been read.
  await pause(300);
  const items = readSquadFile('chat-divisions.csv');
  const created = await push(story, 'chat', 'CHAT', items);
  await until(() => heard.length >= created, 5_000);
  stop();
  print();
  print(`  Events that reached the Chat squad while it listened (TEAM_MIGRATED):`);
  for (const line of heard) print(`    ${line}`);
  if (heard.length === 0) print('    none: nothing was created');
};

const crmPushes = async (story: Story): Promise<void> => {
  heading(story.print, 'The CRM squad pushes its teams');
  await push(story, 'crm', 'CRM', readSquadFile('crm-teams.csv'));
};

const pushAgain = async (story: Story): Promise<void> => {
  heading(story.print, 'Both push the same files again: nothing is created');
  await push(story, 'chat', 'CHAT', readSquadFile('chat-divisions.csv'), true);
  await push(story, 'crm', 'CRM', readSquadFile('crm-teams.csv'), true);
};

type Job = {
  id: string;
  status: string;
  total: number;
  created: number;
  skipped: number;
  failed: number;
  results: { nodes: { index: number; outcome: string; reason: string | null; team: { name: string; path: string[] } | null }[] };
};

/** Pushes, waits for the job's end, prints its results; answers how many teams were created. */
const push = async ({ as, print }: Story, squad: string, app: string, items: readonly SquadItem[], briefly = false): Promise<number> => {
  const client = as(squad);
  const { migrateTeams } = taken(
    await client.ask<{ migrateTeams: { job: { id: string } } }>(
      'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id status total } } }',
      { input: { app, items } },
    ),
  );
  const job = await finished(client, migrateTeams.job.id);
  print(`  ${app}: ${String(job.total)} items → ${job.status}: ${String(job.created)} created, ${String(job.skipped)} skipped, ${String(job.failed)} failed`);
  if (!briefly) {
    for (const { index, outcome, reason, team } of job.results.nodes) {
      const item = items[index];
      const asked = `${companyName(item?.companySsoId)}  ${item?.appIdentifierId ?? ''} ${JSON.stringify(item?.name ?? '')}`;
      print(`    ${outcome.padEnd(8)} ${(reason ?? '').padEnd(16)} ${asked.padEnd(44)} ${team === null ? '' : `= ${team.path.join(' › ')}`}`);
    }
  }
  return job.created;
};

const finished = async (client: Client, id: string): Promise<Job> => {
  const end = Date.now() + jobLimitMs;
  for (;;) {
    const { migrationJob } = taken(
      await client.ask<{ migrationJob: Job }>(
        `query ($id: ID!) { migrationJob(id: $id) { id status total created skipped failed
           results(first: 100) { nodes { index outcome reason team { name path } } } } }`,
        { id },
      ),
    );
    if (!['PENDING', 'RUNNING'].includes(migrationJob.status)) return migrationJob;
    if (Date.now() > end) throw new Error(`Job ${id} is still ${migrationJob.status} after ${String(jobLimitMs / 1000)} s`);
    await pause(100);
  }
};

type Seen = {
  me: { role: string; teams: { name: string }[]; permissions: { action: string; level: string }[] };
  contacts: { totalCount: number; nodes: { name: string; teamOwners: ({ name: string } | null)[] }[] };
};

const whoSeesWhat = async ({ as, print }: Story): Promise<void> => {
  heading(print, 'What each person sees: the same question, asked by each');
  for (const company of demoCompanies) {
    print(`  ${company.name}`);
    for (const person of company.people) {
      const { me, contacts } = taken(
        await as(person.key).ask<Seen>(
          `{ me { role teams { name } permissions { action level } }
             contacts(first: 100, sort: { field: NAME, direction: ASC }) { totalCount nodes { name teamOwners { name } } } }`,
        ),
      );
      const level = me.permissions.find(({ action }) => action === 'CUSTOMERS_CUSTOMERS_VIEW')?.level ?? '';
      print(`    ${person.fullName} (${me.role}, ${level}; ${person.about}) sees ${String(contacts.totalCount)}:`);
      for (const { name, teamOwners } of contacts.nodes) {
        const owners = teamOwners.map((team) => team?.name ?? '(gone)').join(', ');
        print(`      ${name.padEnd(16)} ${owners === '' ? 'Unassigned' : owners}`);
      }
    }
  }
};

const taken = <Data>({ data, errors }: { data: Data | null; errors?: readonly { message: string }[] }): Data => {
  if (data === null || errors !== undefined) throw new Error(errors?.map(({ message }) => message).join('; ') ?? 'no data');
  return data;
};

const companyName = (id: string | undefined): string =>
  demoCompanies.find((company) => company.id === id)?.name ?? (id === demoId('company nowhere') ? '(unknown company)' : '(none)');

const heading = (print: Story['print'], text: string): void => {
  print();
  print(text);
  print('─'.repeat(text.length));
};

const until = async (done: () => boolean, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!done() && Date.now() < end) await pause(50);
};
