import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Client } from '../../embedded/demo/client.ts';
import { demoCompanies, demoId, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import { tellStory } from '../../embedded/demo/story.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const [qontak, sinar] = demoCompanies;

type Item = { companySsoId?: string | null; name?: string | null; appIdentifierId?: string | null; parentAppIdentifierId?: string | null };
type Result = { index: number; outcome: string; reason: string | null; team: { id: string; name: string } | null };
type Job = { id: string; status: string; total: number; processed: number; created: number; skipped: number; failed: number; results: { nodes: Result[] } };

const push = 'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id status total } } }';
const jobQuery = `query ($id: ID!, $after: String) { migrationJob(id: $id) { id status total processed created skipped failed
  results(first: 100, after: $after) { nodes { index outcome reason team { id name } } } } }`;

const code = ({ errors }: Answer<unknown>) => errors?.map(({ extensions }) => extensions.code);

const finished = async (client: Client, id: string): Promise<Job> => {
  for (;;) {
    const { data } = await client.ask<{ migrationJob: Job }>(jobQuery, { id });
    if (data !== null && !['PENDING', 'RUNNING'].includes(data.migrationJob.status)) return data.migrationJob;
    await pause(50);
  }
};

const pushed = async (client: Client, app: string, items: readonly Item[], more: object = {}): Promise<Job> => {
  const { data, errors } = await client.ask<{ migrateTeams: { job: { id: string; status: string; total: number } } }>(push, {
    input: { app, items, ...more },
  });
  if (data === null) throw new Error(JSON.stringify(errors));
  expect(data.migrateTeams.job).toMatchObject({ status: 'PENDING', total: items.length });
  return finished(client, data.migrateTeams.job.id);
};

describe.each(modes)('pushing teams in %s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  const item = (appIdentifierId: string, more: Item = {}): Item => ({ companySsoId: qontak.id, name: `Team ${appIdentifierId}`, appIdentifierId, ...more });

  describe('a call is refused', () => {
    test.each([
      ['by a person', 'bayu', { app: 'CHAT', items: [item('1')] }, 'FORBIDDEN'],
      ['by the chat token for CRM', 'chat', { app: 'CRM', items: [item('1')] }, 'FORBIDDEN'],
      ['by a service without the scope', 'sync', { app: 'CHAT', items: [item('1')] }, 'FORBIDDEN'],
      ['when empty without completes', 'chat', { app: 'CHAT', items: [] }, 'BAD_USER_INPUT'],
      ['with 10,001 items', 'chat', { app: 'CHAT', items: Array.from({ length: 10_001 }, () => ({})) }, 'BATCH_TOO_LARGE'],
      ['with an unknown runId', 'chat', { app: 'CHAT', items: [item('1')], runId: randomUUID() }, 'BAD_USER_INPUT'],
    ])('%s', async (_why, caller, input, expected) => {
      expect(code(await system.as(caller).ask(push, { input }))).toEqual([expected]);
    });
  });

  test('each bad item fails by itself with its reason, and everything else in the batch is kept', async () => {
    const items = [
      item('bad-1', { name: '   ' }),
      item('bad-2', { name: 'x'.repeat(100_000) }),
      item('bad-3', { name: 'with a \u0000' }),
      item('bad-4', { name: 'with a \ud800 alone' }),
      item('bad-5', { companySsoId: 'not-a-uuid' }),
      item('bad-6', { companySsoId: demoId('no company') }),
      item('bad-7', { companySsoId: qontak.id.toUpperCase() }),
      item('', { name: 'No id' }),
      item('twice'),
      item('twice', { name: 'Another name' }),
      item('child', { parentAppIdentifierId: 'later' }),
      item('later'),
      item('orphan', { parentAppIdentifierId: 'nobody' }),
      {},
    ];
    const job = await pushed(system.as('chat'), 'CHAT', items);
    expect(job.results.nodes.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
      'INVALID_NAME', 'INVALID_NAME', 'INVALID_NAME', 'INVALID_NAME',
      'COMPANY_UNKNOWN', 'COMPANY_UNKNOWN', 'COMPANY_UNKNOWN',
      'INVALID_APP_IDENTIFIER',
      'CREATED', 'SKIPPED', 'CREATED', 'CREATED',
      'PARENT_UNKNOWN', 'COMPANY_UNKNOWN',
    ]);
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_FAILURES', total: 14, processed: 14, created: 3, skipped: 1, failed: 10 });
    const [first, second] = job.results.nodes.filter(({ index }) => index === 8 || index === 9);
    expect(second?.team).toEqual(first?.team);
  });

  test('the same push again, and ten times at once, creates nothing twice', async () => {
    const items = Array.from({ length: 40 }, (_, index) => item(`again-${String(index)}`));
    const chat = system.as('chat');
    const jobs = await Promise.all(Array.from({ length: 10 }, () => pushed(chat, 'CHAT', items)));
    expect(jobs.reduce((sum, { created }) => sum + created, 0)).toBe(40);
    expect(jobs.every(({ failed, created, skipped }) => failed === 0 && created + skipped === 40)).toBe(true);
    expect((await pushed(chat, 'CHAT', items)).skipped).toBe(40);
  });

  test('the same key and payload is the same job; another payload is CONFLICT', async () => {
    const chat = system.as('chat');
    const idempotencyKey = randomUUID();
    const first = await pushed(chat, 'CHAT', [item('keyed')], { idempotencyKey });
    const { data } = await chat.ask<{ migrateTeams: { job: { id: string } } }>(push, { input: { app: 'CHAT', items: [item('keyed')], idempotencyKey } });
    expect(data?.migrateTeams.job.id).toBe(first.id);
    expect(code(await chat.ask(push, { input: { app: 'CHAT', items: [item('other')], idempotencyKey } }))).toEqual(['CONFLICT']);
  });

  test('a job is the squad\'s that pushed it: NOT_FOUND for another, FORBIDDEN for people', async () => {
    const { id } = await pushed(system.as('chat'), 'CHAT', [item('mine')]);
    expect(code(await system.as('crm').ask(jobQuery, { id }))).toEqual(['NOT_FOUND']);
    expect(code(await system.as('bayu').ask(jobQuery, { id }))).toEqual(['FORBIDDEN']);
    expect((await system.as('engineer').ask<{ migrationJob: Job }>(jobQuery, { id })).data?.migrationJob.status).toBe('COMPLETED');
  });

  test('a dry run answers what would happen and creates nothing', async () => {
    const crm = system.as('crm');
    expect((await pushed(crm, 'CRM', [item('dry')], { dryRun: true })).created).toBe(1);
    expect((await pushed(crm, 'CRM', [item('dry')])).created).toBe(1);
  });

  test('migrateTeam answers at once, and a FAILED item is a result', async () => {
    const one = 'mutation ($item: MigrateTeamItem!) { migrateTeam(input: { app: CRM, item: $item }) { outcome reason team { name source referenceId } } }';
    const crm = system.as('crm');
    expect((await crm.ask(one, { item: item('one', { name: 'Sales' }) })).data).toEqual({
      migrateTeam: { outcome: 'CREATED', reason: null, team: { name: 'CRM - Sales', source: 'CRM', referenceId: 'one' } },
    });
    expect(await crm.ask(one, { item: item('two', { name: '' }) })).toEqual({
      data: { migrateTeam: { outcome: 'FAILED', reason: 'INVALID_NAME', team: null } },
    });
  });

  describe('subscription teamMigrated', () => {
    type Event = { teamMigrated: { eventId: string; teamName: string; team: { ancestors: { name: string }[]; contacts: { nodes: { name: string }[] } | null } } };
    const selection = 'eventId teamName team { ancestors { name } contacts(first: 3) { nodes { name } } }';
    const heard = async <E extends { teamMigrated: { teamName: string } } = Event>(key: string, args: string, selected = selection) => {
      const answers: Answer<E>[] = [];
      const stop = await system.as(key).subscribe<E>(`subscription { teamMigrated${args} { ${selected} } }`, (answer) => void answers.push(answer));
      await pause(300);
      // events of an earlier push may still be on their way when a subscription opens
      const of = (name: string) => answers.filter(({ data }) => data?.teamMigrated.teamName.includes(name));
      const next = async (name: string): Promise<Answer<E>> => {
        for (;;) {
          const [answer] = of(name);
          if (answer !== undefined) return answer;
          await pause(20);
        }
      };
      return { of, stop, next };
    };

    test('delivers each event with fields of other subgraphs, as the subscriber may see them', async () => {
      const squad = await heard('crm', '');
      const admin = await heard('bayu', '(app: CRM)');
      await pushed(system.as('crm'), 'CRM', [item('sub-2', { parentAppIdentifierId: 'sub-1' }), item('sub-1')]);
      const forSquad = await squad.next('sub-2');
      const forAdmin = await admin.next('sub-2');
      const team = { ancestors: [{ name: 'CRM - Team sub-1' }] };
      expect(forSquad.data?.teamMigrated).toMatchObject({ team: { ...team, contacts: null } });
      expect(code(forSquad)).toEqual(['FORBIDDEN']);
      expect(forAdmin.data?.teamMigrated).toMatchObject({ team: { ...team, contacts: { nodes: [] } } });
      expect(forAdmin.errors).toBeUndefined();
      squad.stop();
      admin.stop();
    });

    test('judges each event by the scope of that moment: a level taken away between two shows contacts with the first and none with the second', async () => {
      const [above] = (await pushed(system.as('crm'), 'CRM', [item('scope')])).results.nodes;
      const members = { input: { id: above?.team?.id, userIds: [demoPersonId('rara')] } };
      const olivia = system.as('olivia');
      expect((await olivia.ask('mutation ($input: TeamMembersInput!) { addTeamMembers(input: $input) { team { id } } }', members)).errors).toBeUndefined();
      // all teams of its owner become its team owners
      const create = 'mutation ($input: CreateContactInput!) { createContact(input: $input) { contactId } }';
      const created = await system.as('sync').ask<{ createContact: { contactId: string } }>(create, { input: { companySsoId: qontak.id, name: 'Surya', ownerId: demoPersonId('rara') } });
      const level = async (value: string | null) => {
        const set = 'mutation ($input: SetPermissionLevelInput!) { setPermissionLevel(input: $input) { settings { users { totalCount } } } }';
        expect((await olivia.ask(set, { input: { action: 'CUSTOMERS_CUSTOMERS_VIEW', level: value, userId: demoPersonId('bayu') } })).errors).toBeUndefined();
      };
      type OfParent = { teamMigrated: { teamName: string; team: { parent: { contacts: { nodes: { name: string }[] } } } } };
      const admin = await heard<OfParent>('bayu', '(app: CRM)', 'teamName team { parent { contacts(first: 3) { nodes { name } } } }');
      try {
        await pushed(system.as('crm'), 'CRM', [item('scope-1', { parentAppIdentifierId: 'scope' })]);
        expect((await admin.next('scope-1')).data?.teamMigrated.team).toEqual({ parent: { contacts: { nodes: [{ name: 'Surya' }] } } });
        await level('OWN');
        const seen = async () => (await system.as('bayu').ask<{ contacts: { totalCount: number } }>('{ contacts { totalCount } }')).data?.contacts.totalCount;
        await until(async () => (await seen()) === 0);
        await pushed(system.as('crm'), 'CRM', [item('scope-2', { parentAppIdentifierId: 'scope' })]);
        const second = await admin.next('scope-2');
        expect([second.errors, second.data?.teamMigrated.team]).toEqual([undefined, { parent: { contacts: { nodes: [] } } }]);
        expect(admin.of('scope-')).toHaveLength(2);
      } finally {
        admin.stop();
        await level(null);
        await olivia.ask('mutation ($input: DeleteContactInput!) { deleteContact(input: $input) { contactId } }', { input: { id: created.data?.createContact.contactId } });
        await olivia.ask('mutation ($input: TeamMembersInput!) { removeTeamMembers(input: $input) { team { id } } }', members);
      }
    });

    test('a reader who comes back with the last event it saw misses nothing and gets nothing twice', async () => {
      const before = await heard('chat', '');
      await pushed(system.as('chat'), 'CHAT', [item('gap-0')]);
      const last = (await before.next('gap-0')).data?.teamMigrated.eventId ?? '';
      before.stop();
      await pushed(system.as('chat'), 'CHAT', [item('gap-1'), item('gap-2')]);
      const after = await heard('chat', `(after: "${last}")`);
      await pushed(system.as('chat'), 'CHAT', [item('gap-3')]);
      await after.next('gap-3');
      await pause(200);
      const missed = after.of('gap-').map(({ data }) => data?.teamMigrated.teamName);
      expect(missed.sort()).toEqual(['gap-1', 'gap-2', 'gap-3'].map((id) => `Chat - Team ${id}`));
      after.stop();
    });
  });

  test('an admin finds migrated teams in the list and under their parents; a team of the second company stays unknown', async () => {
    const { data } = await system.as('bayu').ask<{ teams: { nodes: { name: string; source: string }[] } }>(
      '{ teams(first: 100, filter: { source: CHAT, search: "later" }) { nodes { name source } } }',
    );
    expect(data?.teams.nodes).toEqual([{ name: 'Chat - Team later', source: 'CHAT' }]);
    expect(code(await system.as('bayu').ask('query ($id: ID!) { team(id: $id) { name } }', { id: demoTeamId(sinar, 'General') }))).toEqual(['NOT_FOUND']);
  });

  test('the demo tells its story to the end', async () => {
    const lines: string[] = [];
    await tellStory({ as: system.as, print: (line = '') => void lines.push(line) });
    const text = lines.join('\n');
    expect(text).toContain('division 4823 → Chat - Support Jakarta, below Chat - Support › Chat - Support Java; its contacts: FORBIDDEN');
    expect(text).toContain('CHAT: 8 items → COMPLETED_WITH_FAILURES: 0 created, 6 skipped, 2 failed');
    expect(text).toMatch(/Nita Lestari \(AGENT, TEAM; in no team\) sees 1:\n +Gita Permata +Unassigned/);
  });
});
