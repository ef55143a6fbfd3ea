import { afterAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { demoCompanies } from '../../embedded/demo/data.ts';
import type { LookedAt } from '../support/hostile/answer.ts';
import type { Given } from '../support/hostile/given.ts';

const [ours, theirs] = demoCompanies;
type Item = Readonly<Record<string, unknown>>;
type Result = Readonly<{ outcome: string; reason: string | null; appIdentifierId: string | null; team: Readonly<{ id: string; name: string; path: readonly string[] }> | null }>;

const item = (appIdentifierId: string, rest: Item = {}): Item => ({ companySsoId: ours.id, name: `Division ${appIdentifierId}`, appIdentifierId, ...rest });

/** Pushes as no good squad makes them, over the wire. */
export const pushes = (given: Given): void => {
  const push = (input: Item): Promise<LookedAt> => given().world.ask('chat', 'mutation ($input: MigrateTeamsInput!) { it: migrateTeams(input: $input) { job { id total } } }', { input: { app: 'CHAT', ...input } });
  const jobOf = ({ data }: LookedAt): string => (data?.['it'] as { job: { id: string } }).job.id;
  const results = async (id: string): Promise<readonly Result[]> => {
    const ask = () => given().world.ask('chat', 'query ($id: ID!) { it: migrationJob(id: $id) { status results(first: 100) { nodes { outcome reason appIdentifierId team { id name path } } } } }', { id });
    while (!(await ask()).text.includes('"COMPLETED')) await pause(50);
    return ((await ask()).data?.['it'] as { results: { nodes: Result[] } }).results.nodes;
  };
  const pushed = async (items: readonly unknown[]) => (await results(jobOf(await push({ items })))).map(({ outcome, reason, team }) => [outcome, reason, team?.path ?? null]);
  const countOf = async (prefix: string): Promise<number> => Number((await given().world.rows('SELECT count(*) FROM teams WHERE reference_id LIKE $1', [`${prefix}%`]))[0]?.['count']);

  afterAll(() => given().world.isAlive());

  test('HOSTILE 33: a cycle in a batch fails each item of it, what hangs from it too, and nothing beside it', async () => {
    const below = (id: string, parentAppIdentifierId: string) => item(id, { parentAppIdentifierId });
    expect(await pushed([below('cy1', 'cy2'), below('cy2', 'cy3'), below('cy3', 'cy1'), below('cy4', 'cy1'), below('cy5', 'cy5'), item('cy6')])).toEqual([
      ['FAILED', 'PARENT_CYCLE', null], ['FAILED', 'PARENT_CYCLE', null], ['FAILED', 'PARENT_CYCLE', null], ['FAILED', 'PARENT_UNKNOWN', null], ['FAILED', 'PARENT_CYCLE', null], ['CREATED', null, ['Chat - Division cy6']],
    ]);
    expect(await countOf('cy')).toBe(1);
  });

  test('HOSTILE 35: a parent that comes later in the list is found', async () => {
    expect(await pushed([item('late3', { parentAppIdentifierId: 'late2' }), item('late2', { parentAppIdentifierId: 'late1' }), item('late1')])).toMatchObject([
      ['CREATED', null, ['Chat - Division late1', 'Chat - Division late2', 'Chat - Division late3']], ['CREATED', null, ['Chat - Division late1', 'Chat - Division late2']], ['CREATED', null, ['Chat - Division late1']],
    ]);
  });

  test('HOSTILE 36: a parent of another company, or of another app, is unknown, in the batch and from before', async () => {
    const { at } = given();
    const theirsFirst = item('other1', { companySsoId: theirs.id });
    expect(await pushed([theirsFirst, item('other2', { parentAppIdentifierId: 'other1' }), item('other3', { parentAppIdentifierId: at.own.root }), item('other4', { companySsoId: theirs.id, parentAppIdentifierId: 'planted' })])).toEqual([
      ['CREATED', null, ['Chat - Division other1']], ['FAILED', 'PARENT_UNKNOWN', null], ['FAILED', 'PARENT_UNKNOWN', null], ['FAILED', 'PARENT_UNKNOWN', null],
    ]);
  });

  test('HOSTILE 37: of a chain of 40 teams the first 32 are made, each below the one before, and the others fail', async () => {
    const found = await pushed(Array.from({ length: 40 }, (_, n) => item(`deep${String(n)}`, n === 0 ? {} : { parentAppIdentifierId: `deep${String(n - 1)}` })));
    expect(found.map(([outcome, reason]) => `${String(outcome)} ${String(reason)}`)).toEqual([...Array.from({ length: 32 }, () => 'CREATED null'), 'FAILED DEPTH_EXCEEDED', ...Array.from({ length: 7 }, () => expect.stringMatching(/FAILED (?:DEPTH_EXCEEDED|PARENT_UNKNOWN)/) as unknown)]);
    expect((found[31]?.[2] as readonly string[]).length).toBe(32);
  });

  test('HOSTILE 38, HOSTILE 39: of equal ids in a batch the first that can be made is made, with its own values, and the others are SKIPPED', async () => {
    const found = await results(jobOf(await push({ items: [item('same', { name: ' ' }), item('same', { name: 'First' }), item('same', { name: 'Second' }), item('same', { name: 'First' }), item('SAME', { name: 'Another id' })] })));
    expect(found.map(({ outcome, reason, team }) => [outcome, reason, team?.name])).toEqual([
      ['FAILED', 'INVALID_NAME', undefined], ['CREATED', null, 'Chat - First'], ['SKIPPED', null, 'Chat - First'], ['SKIPPED', null, 'Chat - First'], ['CREATED', null, 'Chat - Another id'],
    ]);
    expect(new Set(found.slice(1, 4).map(({ team }) => team?.id)).size).toBe(1);
    expect(await countOf('same')).toBe(1);
  });

  test('HOSTILE 40: one batch sent 20 times at once makes each team once, and every sender is told of the same teams', async () => {
    const items = Array.from({ length: 5 }, (_, n) => item(`storm${String(n)}`));
    const answers = await Promise.all(Array.from({ length: 20 }, () => push({ items })));
    const all: (readonly Result[])[] = [];
    for (const answer of answers) all.push(await results(jobOf(answer)));
    expect(await countOf('storm')).toBe(5);
    expect(all.flat().filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(5);
    expect(new Set(all.map((each) => each.map(({ team }) => team?.id).join(' '))).size).toBe(1);
  });

  test('HOSTILE 41: a key that comes again with another payload is CONFLICT; with the same one it is the same job, 20 times at once', async () => {
    const idempotencyKey = randomUUID();
    const jobs = await Promise.all(Array.from({ length: 20 }, () => push({ items: [item('keyed')], idempotencyKey })));
    expect(new Set(jobs.map(jobOf)).size).toBe(1);
    for (const other of [{ items: [item('keyed2')] }, { items: [item('keyed', { name: 'Other' })] }, { items: [item('keyed')], dryRun: true }, { items: [item('keyed')], completes: [ours.id] }]) {
      expect(await push({ ...other, idempotencyKey })).toMatchObject({ status: 409, codes: ['CONFLICT'] });
    }
    await results(jobOf(await push({ items: [item('keyed')], idempotencyKey })));
    expect(await countOf('keyed')).toBe(1);
  });

  test('HOSTILE 42: 10,001 and 100,000 items are BATCH_TOO_LARGE, and nothing of them is kept', async () => {
    const before = await given().world.kept();
    const limit = { name: 'listItems', max: 10_000 };
    for (const count of [10_001, 100_000]) expect(await push({ items: Array.from({ length: count }, (_, n) => item(`b${String(n)}`)) })).toMatchObject({ status: 413, errors: [{ extensions: { code: 'BATCH_TOO_LARGE', field: 'variables.input.items', limit } }] });
    const rows = Array.from({ length: 10_001 }, () => ({ contactKey: 'x' }));
    expect(await given().world.ask('mover', 'mutation ($input: LoadLegacyTeamsInput!) { loadLegacyTeams(input: $input) { rows } }', { input: { companySsoId: ours.id, rows } })).toMatchObject({ status: 413, errors: [{ extensions: { code: 'BATCH_TOO_LARGE', field: 'variables.input.rows', limit } }] });
    expect(await given().world.kept()).toBe(before);
  });

  test.each([1_001, 100_000])('HOSTILE 42: %i ids, in the end more than a statement can carry, are refused in every argument that is a list of them', async (count) => {
    const { world, at } = given();
    const ids = Array.from({ length: count }, () => randomUUID());
    const before = await world.kept();
    for (const [who, query, field] of [
      ['bayu', 'mutation ($ids: [ID!]!) { createTeam(input: { name: "Many", memberIds: $ids }) { team { id } } }', 'input.memberIds'],
      ['bayu', `mutation ($ids: [ID!]!) { addTeamMembers(input: { id: "${at.own.team}", userIds: $ids }) { team { id } } }`, 'input.userIds'],
      ['bayu', `mutation ($ids: [ID!]!) { removeTeamMembers(input: { id: "${at.own.team}", userIds: $ids }) { team { id } } }`, 'input.userIds'],
      ['bayu', 'mutation ($ids: [ID!]!) { inviteUser(input: { email: "many@x.example", fullName: "Many", roleId: "AGENT", teamIds: $ids }) { user { id } } }', 'input.teamIds'],
      ['bayu', 'mutation ($ids: [ID!]!) { createContact(input: { name: "Many", teamOwnerIds: $ids }) { contactId } }', 'input.teamOwnerIds'],
      ['bayu', `mutation ($ids: [ID!]!) { updateContact(input: { id: "${at.own.contact}", teamOwnerIds: $ids }) { contactId } }`, 'input.teamOwnerIds'],
      ['bayu', `mutation ($ids: [ID!]!) { updateContact(input: { id: "${at.own.contact}", addTeamOwnerIds: $ids }) { contactId } }`, 'input.addTeamOwnerIds'],
      ['bayu', `mutation ($ids: [ID!]!) { updateContact(input: { id: "${at.own.contact}", removeTeamOwnerIds: $ids }) { contactId } }`, 'input.removeTeamOwnerIds'],
      ['engineer', 'mutation ($ids: [ID!]!) { triggerTeamMigration(input: { apps: [CHAT], companySsoIds: $ids }) { run { id } } }', 'input.companySsoIds'],
      ['chat', 'mutation ($ids: [ID!]!) { migrateTeams(input: { app: CHAT, items: [], completes: $ids }) { job { id } } }', 'input.completes'],
    ] as const) {
      // the gateway judges all lists alike: two of them show it
      if (count <= 10_000 ? who !== 'bayu' : !['input.memberIds', 'input.completes'].includes(field)) continue;
      const { codes, errors, text } = await world.ask(who, query, { ids });
      if (count > 10_000) expect([codes, errors[0]?.extensions['field']]).toEqual([['BATCH_TOO_LARGE'], 'variables.ids']);
      else expect([codes, errors[0]?.extensions['field'], text.length < 1_000]).toEqual([['BAD_USER_INPUT'], field, true]);
    }
    expect(await world.kept()).toBe(before);
  });

  test('HOSTILE 42: 10,000 companies are handled whole where as many may be named', async () => {
    const { world } = given();
    const ids = Array.from({ length: 10_000 }, () => randomUUID());
    const { data } = await world.ask('engineer', 'mutation ($ids: [ID!]) { it: triggerTeamMigration(input: { apps: [CHAT], companySsoIds: $ids }) { run { squads { companies(first: 1) { totalCount nodes { trigger } } } } } }', { ids });
    expect(data).toEqual({ it: { run: { squads: [{ companies: { totalCount: 10_000, nodes: [{ trigger: 'NOT_ENABLED' }] } }] } } });
    expect((await push({ items: [], completes: ids, dryRun: true })).codes).toEqual([]);
  });

  test('HOSTILE 43: an empty batch is BAD_USER_INPUT by its place, unless it completes a company; empty lists elsewhere likewise', async () => {
    const { world, at } = given();
    expect(await push({ items: [] })).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'input.items' } }] });
    expect(await push({ items: [], completes: [] })).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
    expect((await push({ items: [], completes: [ours.id], dryRun: true })).codes).toEqual([]);
    for (const [who, query] of [
      ['bayu', 'mutation { createTeam(input: { name: "Nobody", memberIds: [] }) { team { id } } }'],
      ['bayu', `mutation { addTeamMembers(input: { id: "${at.own.team}", userIds: [] }) { team { id } } }`],
      ['engineer', 'mutation { triggerTeamMigration(input: { apps: [] }) { run { id } } }'],
      ['engineer', 'mutation { triggerTeamMigration(input: { apps: [CHAT], companySsoIds: [] }) { run { id } } }'],
    ] as const) expect(await world.ask(who, query)).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
  });

  test('HOSTILE 44: one bad item among 1,000 fails alone', async () => {
    const items = Array.from({ length: 1_000 }, (_, n) => (n === 500 ? null : item(`of1000-${String(n)}`)));
    const id = jobOf(await push({ items }));
    await results(id);
    expect((await given().world.ask('chat', 'query ($id: ID!) { migrationJob(id: $id) { status total created skipped failed } }', { id })).data).toEqual({ migrationJob: { status: 'COMPLETED_WITH_FAILURES', total: 1_000, created: 999, skipped: 0, failed: 1 } });
    expect(await countOf('of1000-')).toBe(999);
  });

  test('HOSTILE 32: a team below itself, or below what is below it, is UNPROCESSABLE and moves nothing', async () => {
    const { world, at } = given();
    const before = await world.kept();
    for (const parentId of [at.own.root, at.own.team]) expect(await world.ask('bayu', 'mutation ($input: MoveTeamInput!) { moveTeam(input: $input) { team { id } } }', { input: { id: at.own.root, parentId } })).toMatchObject({ status: 422, codes: ['UNPROCESSABLE'] });
    expect(await world.kept()).toBe(before);
  });
};
