import { beforeAll, describe, expect, test } from '@jest/globals';
import type { LookedAt } from '../support/hostile/answer.ts';
import type { Given } from '../support/hostile/given.ts';
import { keepsEverything } from '../support/hostile/keepsEverything.ts';
import { askAt, isCursor, nameOf, type Slot, slotsOf, withValue } from '../support/hostile/sites.ts';
import { until } from '../support/until.ts';

const named = slotsOf('String').filter((slot) => !isCursor(slot)).map((slot) => [nameOf(slot), slot] as const);

/** Items of a push are judged one at a time: a bad one is a FAILED item, never a refused call. */
const ofItems = /migrateTeams\(input\.items/;
/** Taken and thrown away. */
const ignored = /memberIds/;
/** Blank is none. */
const mayBeBlank = /parentAppIdentifierId|crmTeamHierarchyId|filter\.search|inviteUser\(input\.(?:phone|nik|staffLevel)/;

const unkept = [['HOSTILE 21: a NUL byte', 'a\u0000b'], ['HOSTILE 22: the first half of a surrogate', 'abc\uD83D'], ['HOSTILE 22: the second half of a surrogate', '\uDE00abc'], ['HOSTILE 24: 100,000 characters', 'x'.repeat(100_000)]] as const;
// of the two halves one for each place, in turn
const cases = unkept.flatMap(([what, value], which) =>
  named.filter(([name], n) => !ofItems.test(name) && !ignored.test(name) && (!what.includes('half') || n % 2 === which % 2)).map(([name, slot]) => [what, name, slot, value] as const),
);

/** A FAILED item opens a run and a failure: that is how squads are told of it. */
const ofPushes = ['migration_runs', 'migration_run_companies', 'migration_failures'];

const places = (field: unknown): string => String(field).replaceAll(/\[\d+\]/g, '');
const isRefusedAt = ({ errors, text }: LookedAt, { path }: Slot): boolean =>
  text.includes('"outcome":"FAILED"') || (errors[0]?.extensions['code'] === 'BAD_USER_INPUT' && places(errors[0].extensions['field']) === path.filter((step) => !/^\d+$/.test(step)).join('.'));

/** Texts that cannot be kept, that look like others, or that mean something elsewhere. */
export const texts = (given: Given): void => {
  const send = (slot: Slot, value: unknown): Promise<LookedAt> => askAt(given().world, given().at, slot.site, withValue(slot, given().at, value));
  const nodesOf = ({ data }: LookedAt, field: string): readonly Readonly<Record<string, unknown>>[] => (data?.[field] as { nodes: Readonly<Record<string, unknown>>[] }).nodes;

  describe('that cannot be kept', () => {
    keepsEverything(given, ofPushes);

    test.each(cases)('%s in %s is refused by its place', async (_what, _name, slot, value) => {
      const answer = await send(slot, value);
      expect([answer.text, isRefusedAt(answer, slot)]).toEqual([answer.text, true]);
    });

    test.each(named.filter(([name]) => !ofItems.test(name) && !ignored.test(name) && !mayBeBlank.test(name)))('HOSTILE 25: blank and invisible text in %s is refused by its place', async (_name, slot) => {
      const answer = await send(slot, ' \u200B\t\u2060');
      expect([answer.text, isRefusedAt(answer, slot)]).toEqual([answer.text, true]);
    });

    test.each(named)('HOSTILE 28: %s takes no operator in place of a text', async (_name, slot) => {
      const { status, codes } = await send(slot, { $ne: null, $where: 'sleep(5000) || true' });
      expect([status, codes[0]]).toEqual([400, 'BAD_USER_INPUT']);
    });
  });

  test.each(unkept)('%s in one item of a push fails that item, and none beside it', async (_what, value) => {
    const { world, at } = given();
    const bad = ['companySsoId', 'name', 'appIdentifierId', 'parentAppIdentifierId'].map((field, n) => ({ companySsoId: at.own.company, name: `Item ${String(n)}`, appIdentifierId: `text-${String(n)}`, [field]: value }));
    const good = { companySsoId: at.own.company, name: 'Good', appIdentifierId: `good-${String(unkept.findIndex(([, each]) => each === value))}`, memberIds: [value, null] };
    const { data } = await world.ask('chat', 'mutation ($items: [MigrateTeamItem]!) { it: migrateTeams(input: { app: CHAT, items: $items }) { job { id } } }', { items: [...bad, good] });
    const { id } = (data?.['it'] as { job: { id: string } }).job;
    const results = () => world.ask('chat', 'query ($id: ID!) { migrationJob(id: $id) { status results { nodes { outcome reason companySsoId appIdentifierId } } } }', { id });
    await until(async () => (await results()).text.includes('"COMPLETED'));
    const job = (await results()).data?.['migrationJob'] as { results: { nodes: { outcome: string; reason: string | null }[] } };
    expect(job.results.nodes.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['FAILED', 'COMPANY_UNKNOWN'], ['FAILED', 'INVALID_NAME'], ['FAILED', 'INVALID_APP_IDENTIFIER'], ['FAILED', 'INVALID_APP_IDENTIFIER'], ['CREATED', null],
    ]);
  });

  describe('that are strange and good', () => {
    const scripts = ['Cafe\u0301 Utama', 'قسم المبيعات \u202Eabc', 'ญี่ปุ่น ๑๒๓', '👩‍👩‍👧‍👦 Keluarga', 'a\u200Bb\uFEFFc', "Robert'); DROP TABLE teams;--", '../../etc/passwd', '{{7*7}}${7*7}<script>'];

    test.each(scripts)('HOSTILE 23: %j is kept as it was sent, in names of teams, people and contacts', async (name) => {
      const { world, at } = given();
      const team = await world.ask('bayu', 'mutation ($input: CreateTeamInput!) { it: createTeam(input: $input) { team { name path } } }', { input: { name, memberIds: [at.own.person] } });
      expect(team.data?.['it']).toEqual({ team: { name, path: [name] } });
      const contact = await world.ask('bayu', 'mutation ($input: CreateContactInput!) { it: createContact(input: $input) { contact { name } } }', { input: { name, teamOwnerIds: [] } });
      expect(contact.data?.['it']).toEqual({ contact: { name } });
      const invited = { email: `p${String(scripts.indexOf(name))}@qontak.example`, fullName: name, roleId: 'AGENT', teamIds: [at.own.team] };
      expect((await world.ask('bayu', 'mutation ($input: InviteUserInput!) { it: inviteUser(input: $input) { user { fullName } } }', { input: invited })).data?.['it']).toEqual({ user: { fullName: name } });
    });

    test('HOSTILE 23: a name is found by its twin in the other normal form, and twins stay two', async () => {
      const { world, at } = given();
      const [composed, decomposed] = ['Kafé Baru', 'Kafe\u0301 Baru'];
      for (const name of [composed, decomposed]) {
        await world.ask('bayu', 'mutation ($input: CreateTeamInput!) { createTeam(input: $input) { team { id } } }', { input: { name, memberIds: [at.own.person] } });
        await world.ask('bayu', 'mutation ($input: CreateContactInput!) { createContact(input: $input) { contactId } }', { input: { name, teamOwnerIds: [] } });
      }
      for (const text of [composed, decomposed, 'KAFÉ BARU', 'kafe\u0301']) {
        const found = await world.ask('bayu', 'query ($text: String!) { teams(filter: { search: $text }) { nodes { name } } contacts(filter: { name: $text }) { nodes { name } } }', { text });
        for (const list of ['teams', 'contacts']) expect(nodesOf(found, list).map(({ name }) => name).sort()).toEqual([composed, decomposed].sort());
      }
    });
  });

  describe('that mean something to a database', () => {
    const literal = '.* (a+)+$ 100%_\\ $where';
    const slow = `${'a'.repeat(40)}!`;
    const searches = [
      ['HOSTILE 28', '{"$ne":null}'], ['HOSTILE 29', '$where'], ['HOSTILE 29', 'function(){while(1);}'], ['HOSTILE 30', '(a+)+$'], ['HOSTILE 30', '^(([a-z])+.)+[A-Z]([a-z])+$'], ['HOSTILE 31', '.*'],
      ['HOSTILE 31', '.* (a+)'], ['HOSTILE 31', '^.*'], ['HOSTILE 31', '%%%'], ['HOSTILE 31', '___'], ['HOSTILE 31', '100%_\\'], ['HOSTILE 31', '\\\\\\'], ['HOSTILE 31', "' OR 1=1 --"],
    ] as const;
    beforeAll(async () => {
      const { world, at } = given();
      for (const [n, name] of [literal, slow].entries()) {
        await world.ask('bayu', 'mutation ($input: CreateTeamInput!) { createTeam(input: $input) { team { id } } }', { input: { name, memberIds: [at.own.person] } });
        await world.ask('bayu', 'mutation ($input: CreateContactInput!) { createContact(input: $input) { contactId } }', { input: { name, teamOwnerIds: [] } });
        await world.ask('bayu', 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { user { id } } }', { input: { email: `search${String(n)}@qontak.example`, fullName: name, roleId: 'AGENT', teamIds: [at.own.team] } });
      }
    });

    test.each(searches)('%s: a search for %j finds what has these very characters, and nothing else', async (_number, text) => {
      const { world } = given();
      const [inside, atStart] = [[literal, slow].filter((name) => name.includes(text)), [literal, slow].filter((name) => name.startsWith(text))];
      const teams = await world.ask('bayu', 'query ($text: String!) { teams(first: 100, filter: { search: $text }) { nodes { name } } }', { text });
      expect(nodesOf(teams, 'teams').map(({ name }) => name)).toEqual(inside);
      const people = await world.ask('bayu', 'query ($text: String!) { users(search: $text) { nodes { fullName } } }', { text });
      expect(nodesOf(people, 'users').map(({ fullName }) => fullName)).toEqual(atStart);
      // contacts are searched by three characters and more
      if (text.length < 3) return;
      const contacts = await world.ask('bayu', 'query ($text: String!) { contacts(filter: { name: $text }) { nodes { name } } searchContactAssociations(module: DEAL, text: $text) { nodes { name } } }', { text });
      for (const list of ['contacts', 'searchContactAssociations']) expect(nodesOf(contacts, list).map(({ name }) => name)).toEqual(atStart);
      const byEmail = await world.ask('bayu', 'query ($text: String!) { contacts(filter: { email: $text }) { nodes { name } } }', { text });
      expect(nodesOf(byEmail, 'contacts')).toEqual([]);
    });
  });
};
