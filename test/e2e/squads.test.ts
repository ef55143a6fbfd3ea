import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoCompanies } from '../../embedded/demo/data.ts';
import { type Division, startChat } from '../support/squads/chat.ts';
import { type CrmTeam, startCrm } from '../support/squads/crm.ts';
import type { Squad } from '../support/squads/squad.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';

const [{ id: qontak }, { id: sinar }] = demoCompanies;

// parents come later; each test adds what it migrates
const divisionsOf = (): Division[] => [
  { division_id: 2, company: qontak, title: 'Support Java', parent_division_id: 1 },
  { division_id: 1, company: qontak, title: 'Support' },
  { division_id: 3, company: qontak, title: 'Old desk', archived: true },
  { division_id: 4, company: sinar, title: 'Support' },
];
const crmTeamsOf = (): CrmTeam[] => [
  { id: 't-2', cid: qontak, label: 'Sales', above: 't-1', status: 'active' },
  { id: 't-1', cid: qontak, label: 'Field', above: null, status: 'active' },
  { id: 't-3', cid: qontak, label: 'Closed office', above: null, status: 'inactive' },
];

type Run = Readonly<{
  id: string;
  totals: Readonly<{ attempted: number; created: number; skipped: number; failed: number; failureRate: number }>;
  squads: readonly Readonly<{ app: string; companies: Readonly<{ nodes: readonly Readonly<{ companySsoId: string; trigger: string | null; error: string | null; totals: Readonly<{ attempted: number; created: number; skipped: number }> }>[] }> }>[];
}>;
const runFields = `id totals { attempted created skipped failed failureRate }
  squads { app companies(first: 100) { nodes { companySsoId trigger error totals { attempted created skipped } } } }`;

describe.each(modes)('two squads, triggered, in %s', (mode) => {
  let system: TestSystem;
  const [divisions, crmTeams] = [divisionsOf(), crmTeamsOf()];
  let chat: Squad;
  let crm: Squad;
  beforeAll(async () => {
    [chat, crm] = await Promise.all([startChat(divisions), startCrm(crmTeams)]);
    system = await startSystem(mode, { chat, crm });
    await Promise.all([chat.connect(system.as('chat')), crm.connect(system.as('crm'))]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([chat.close(), crm.close()]);
    await system.close();
  }, 30_000);

  const trigger = async (companySsoIds: readonly string[]): Promise<string> => {
    const text = 'mutation ($input: TriggerTeamMigrationInput!) { triggerTeamMigration(input: $input) { run { id triggered } } }';
    const { data, errors } = await system.as('engineer').ask<{ triggerTeamMigration: { run: { id: string; triggered: boolean } } }>(text, { input: { apps: ['CHAT', 'CRM'], companySsoIds } });
    if (data === null) throw new Error(JSON.stringify(errors));
    expect(data.triggerTeamMigration.run.triggered).toBe(true);
    return data.triggerTeamMigration.run.id;
  };
  const runOf = async (id: string): Promise<Run> => {
    const { data, errors } = await system.as('engineer').ask<{ migrationRun: Run }>(`query ($id: ID!) { migrationRun(id: $id) { ${runFields} } }`, { id });
    if (data === null || errors !== undefined) throw new Error(JSON.stringify(errors));
    return data.migrationRun;
  };
  /** The run once it is as it should be; the test's own limit is the guard. */
  const runWhen = async (id: string, done: (run: Run) => boolean): Promise<Run> => {
    for (;;) {
      const run = await runOf(id);
      if (done(run)) return run;
      await pause(50);
    }
  };
  const heard = async (squad: Squad, ids: readonly string[]): Promise<void> => {
    while (!ids.every((id) => squad.map.has(id))) await pause(20);
  };
  const nameOf = async (squad: 'chat' | 'crm', id: string | undefined) => {
    const { data } = await system.as(squad).ask<{ team: { name: string; source: string; referenceId: string; path: string[] } }>('query ($id: ID!) { team(id: $id) { name source referenceId path } }', { id });
    return data?.team;
  };
  const completeCompanies = async (): Promise<readonly object[]> => {
    const text = '{ migrationProgress { companies(state: COMPLETE, first: 100) { nodes { companySsoId state completedApps openFailures } } } }';
    const { data } = await system.as('engineer').ask<{ migrationProgress: { companies: { nodes: readonly object[] } } }>(text);
    return data?.migrationProgress.companies.nodes ?? [];
  };
  const triggersOf = (run: Run) => Object.fromEntries(run.squads.map(({ app, companies }) => [app, companies.nodes.map(({ trigger: state }) => state)]));
  const keysOf = (squad: Squad, runId: string) => squad.calls.filter((call) => call.runId === runId).map(({ key }) => key);

  test('OTM-S05 AC-1, AC-2, AC-4: each maps its own active rows and pushes them; both end with a complete map of ids', async () => {
    const runId = await trigger([qontak]);
    const run = await runWhen(runId, ({ totals }) => totals.attempted === 4);
    expect(run.totals).toEqual({ attempted: 4, created: 4, skipped: 0, failed: 0, failureRate: 0 });
    expect(triggersOf(await runWhen(runId, (each) => !JSON.stringify(each).includes('PENDING')))).toEqual({ CHAT: ['ACCEPTED'], CRM: ['ACCEPTED'] });
    await Promise.all([heard(chat, ['1', '2']), heard(crm, ['t-1', 't-2'])]);
    expect([[...chat.map.keys()].toSorted(), [...crm.map.keys()].toSorted()]).toEqual([['1', '2'], ['t-1', 't-2']]);
    expect(await nameOf('chat', chat.map.get('1'))).toEqual({ name: 'Chat - Support', source: 'CHAT', referenceId: '1', path: ['Chat - Support'] });
    expect(await nameOf('crm', crm.map.get('t-2'))).toEqual({ name: 'CRM - Sales', source: 'CRM', referenceId: 't-2', path: ['CRM - Field', 'CRM - Sales'] });
  });

  test('OTM-S05 AC-3: triggered again, both push again and nothing is created twice; the maps stay as they are', async () => {
    const before = [new Map(chat.map), new Map(crm.map)];
    const runId = await trigger([qontak]);
    expect((await runWhen(runId, ({ totals }) => totals.attempted === 4)).totals).toMatchObject({ created: 0, skipped: 4, failed: 0 });
    expect([chat.map, crm.map]).toEqual(before);
    // `completes` takes effect when the jobs end, a moment after their last item
    let complete: readonly object[] = [];
    while (complete.length === 0) complete = await completeCompanies();
    expect(complete).toEqual([{ companySsoId: qontak, state: 'COMPLETE', completedApps: ['CHAT', 'CRM'], openFailures: 0 }]);
  });

  test('OTM-S05 ERR-1: one squad is down at first and the other answers 500 twice; with one key each they end complete', async () => {
    divisions.push({ division_id: 10, company: qontak, title: 'Night desk' });
    crmTeams.push({ id: 't-10', cid: qontak, label: 'Retail', above: 't-1', status: 'active' });
    crm.behaves('fail', 'fail');
    await chat.down();
    const runId = await trigger([qontak]);
    // both are called at once: one has answered, so the other has been tried in vain, and its next try is a pause away
    while (keysOf(crm, runId).length === 0) await pause(10);
    await chat.up();
    await Promise.all([heard(chat, ['10']), heard(crm, ['t-10'])]);
    expect(triggersOf(await runWhen(runId, (run) => !JSON.stringify(run).includes('PENDING')))).toEqual({ CHAT: ['ACCEPTED'], CRM: ['ACCEPTED'] });
    expect(keysOf(crm, runId)).toHaveLength(3);
    for (const squad of [chat, crm]) expect(new Set(keysOf(squad, runId)).size).toBe(1);
  }, 60_000);

  test('OTM-S05 ERR-1: one squad hangs and the other succeeds late; it is called with the same key and pushes once', async () => {
    divisions.push({ division_id: 20, company: qontak, title: 'Day desk' });
    crmTeams.push({ id: 't-20', cid: qontak, label: 'Wholesale', above: null, status: 'active' });
    const pushes = crm.pushes.length;
    chat.behaves('hang');
    crm.behaves('late');
    const runId = await trigger([qontak]);
    await Promise.all([heard(chat, ['20']), heard(crm, ['t-20'])]);
    const run = await runWhen(runId, (each) => !JSON.stringify(each).includes('PENDING'));
    expect(triggersOf(run)).toEqual({ CHAT: ['ACCEPTED'], CRM: ['ACCEPTED'] });
    expect(new Set([...keysOf(chat, runId), ...keysOf(crm, runId)]).size).toBe(2);
    expect(keysOf(crm, runId).length).toBeGreaterThan(1);
    expect(crm.pushes.length).toBe(pushes + 1);
  }, 60_000);

  test('OTM-S05 ERR-1: a squad that stays down is recorded for its companies, and the other goes on', async () => {
    divisions.push({ division_id: 30, company: sinar, title: 'New desk' });
    await crm.down();
    const runId = await trigger([qontak, sinar, 'nobody']);
    await heard(chat, ['4', '30']);
    const run = await runWhen(runId, (each) => !JSON.stringify(each).includes('PENDING'));
    expect(triggersOf(run)).toEqual({ CHAT: ['ACCEPTED', 'ACCEPTED', 'NOT_ENABLED'], CRM: ['FAILED', 'FAILED', 'NOT_ENABLED'] });
    expect(run.squads[1]?.companies.nodes[0]?.error).toBe('The squad could not be reached (ECONNREFUSED), at the last of 3 tries.');
    await crm.up();
  }, 60_000);

  test('people and squads may not trigger, nor read runs and progress', async () => {
    for (const key of ['bayu', 'chat']) {
      for (const text of ['mutation { triggerTeamMigration(input: { apps: [CHAT] }) { run { id } } }', '{ migrationRuns { totalCount } }', '{ migrationProgress { completeShare } }']) {
        expect((await system.as(key).ask(text)).errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
      }
    }
  });
});
