import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { demoCompanies, demoId, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const [qontak, sinar] = demoCompanies;

describe.each(modes)('contacts beside teams in %s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  type Answer = { data: Record<string, never> | null; errors?: { message: string; extensions: { code: string; field?: string } }[] };
  const asked = async (claims: Parameters<TestSystem['mint']>[0], query: string, variables: object = {}, platform = 'web'): Promise<Answer> => {
    const authorization = `Bearer ${await system.mint(claims)}`;
    const answer = await fetch(system.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization, 'x-platform': platform }, body: JSON.stringify({ query, variables }) });
    return (await answer.json()) as Answer;
  };
  const admin = () => ({ sub: demoPersonId('olivia'), company_sso_id: qontak.id });
  const sync = { sub: 'contact-sync', scope: 'contacts:write' };

  test('a deleted team leaves contacts, owner changes and deletions reach the audit log, and a service names a company that there is', async () => {
    const [owner, other] = [demoPersonId('zhelia'), demoPersonId('rara')];
    const create = 'mutation ($input: CreateContactInput!) { createContact(input: $input) { contactId } }';
    const created = await asked(sync, create, { input: { companySsoId: qontak.id, name: 'Dewi', ownerId: owner } });
    expect(created.errors).toBeUndefined();
    const { contactId } = (created.data as unknown as { createContact: { contactId: string } }).createContact;
    expect((await asked(sync, create, { input: { companySsoId: demoId('no company'), name: 'Dewi' } })).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.companySsoId' });

    type Shown = { contact: { teamOwners: { id: string; parent: { id: string } | null }[] } };
    const shown = async () => ((await asked(admin(), 'query ($id: ID!) { contact(id: $id) { teamOwners { id parent { id } } } }', { id: contactId })).data as unknown as Shown).contact.teamOwners;
    const changed = await asked(admin(), 'mutation ($input: UpdateContactInput!) { updateContact(input: $input) { contact { teamOwnersPending } } }', { input: { id: contactId, ownerId: other } });
    expect([changed.errors, changed.data]).toEqual([undefined, { updateContact: { contact: { teamOwnersPending: false } } }]);

    const made = await asked(admin(), 'mutation ($input: CreateTeamInput!) { createTeam(input: $input) { team { id } } }', { input: { name: 'Short-lived', parentId: demoTeamId(qontak, 'Product'), memberIds: [other] } });
    expect(made.errors).toBeUndefined();
    const teamId = (made.data as unknown as { createTeam: { team: { id: string } } }).createTeam.team.id;
    const back = await asked(admin(), 'mutation ($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }', { input: { id: contactId, ownerId: owner } });
    const forth = await asked(admin(), 'mutation ($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }', { input: { id: contactId, ownerId: other } });
    expect([back.errors, forth.errors]).toEqual([undefined, undefined]);
    expect((await shown()).map(({ id }) => id)).toContain(teamId);
    const gone = await asked(admin(), 'mutation ($input: DeleteTeamInput!) { deleteTeam(input: $input) { teamId } }', { input: { id: teamId } });
    expect(gone.errors).toBeUndefined();
    await until(async () => (await shown()).every((team) => (team as object | null) !== null && team.id !== teamId));
    expect((await shown()).map(({ id }) => id)).toContain(demoTeamId(qontak, 'Product'));

    await asked(admin(), 'mutation ($input: DeleteContactInput!) { deleteContact(input: $input) { contactId } }', { input: { id: contactId } });
    type Log = { auditLog: { nodes: { kind: string; subjectId: string }[] } };
    const kinds = async (): Promise<string[]> => {
      const { data } = await asked(admin(), '{ auditLog(first: 100) { nodes { kind subjectId } } }');
      return (data as unknown as Log).auditLog.nodes.filter(({ subjectId }) => subjectId === contactId).map(({ kind }) => kind);
    };
    await until(async () => (await kinds()).includes('DELETION'));
    expect((await kinds()).filter((kind) => kind === 'OWNER')).toHaveLength(3);
  }, 90_000);

  test.each([['TEAM-S10', 'web'], ['TEAM-S11', 'mobile']])('%s AC-1: on %s me.teams is the flat list of options beside the current value, without teams below, and exactly what updateContact accepts', async (_story, platform) => {
    type Team = { id: string; name: string };
    const all = await asked(admin(), '{ teams(first: 100) { nodes { id name } } }');
    const teams = (all.data as unknown as { teams: { nodes: Team[] } }).teams.nodes;
    const owners: Record<string, readonly string[]> = { made: ['Product'], rara: ['Product Management', 'Qontak Designer'], nita: [] };
    for (const [key, own] of Object.entries(owners)) {
      const claims = { sub: demoPersonId(key), company_sso_id: qontak.id };
      const created = await asked(claims, 'mutation { createContact(input: { name: "Chips" }) { contactId } }', {}, platform);
      const id = (created.data as unknown as { createContact: { contactId: string } }).createContact.contactId;
      const opened = await asked(claims, 'query ($id: ID!) { me { teams { id name } } contact(id: $id) { teamOwners { id name } } }', { id }, platform);
      const { me, contact } = opened.data as unknown as { me: { teams: Team[] }; contact: { teamOwners: Team[] } };
      expect({ options: me.teams.map(({ name }) => name).sort(), chips: contact.teamOwners.map(({ name }) => name).sort() }).toEqual({ options: own, chips: own });
      const save = async (teamOwnerIds: readonly string[]) => (await asked(claims, 'mutation ($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }', { input: { id, teamOwnerIds } }, platform)).errors?.map(({ extensions }) => extensions);
      const options = me.teams.map((team) => team.id);
      for (const team of teams) {
        const refused = await save([team.id]);
        if (options.includes(team.id)) expect(refused).toBeUndefined();
        else expect(refused).toMatchObject([{ code: 'UNPROCESSABLE', ids: [team.id] }]);
      }
      expect([await save(options), await save([])]).toEqual([undefined, undefined]);
      await asked(admin(), 'mutation ($input: DeleteContactInput!) { deleteContact(input: $input) { contactId } }', { input: { id } });
    }
    expect(teams.length).toBeGreaterThan(5);
  }, 60_000);

  test('cdp_team_permission_enabled stays off while coverage is missing or below 95 %, also after a dry run, and may be turned on once old contacts were moved (CDP/CHG-004)', async () => {
    const [flags, mover] = [{ sub: 'release', scope: 'flags:write' }, { sub: 'mover', scope: 'contacts:migrate' }];
    const set = (value: boolean, companySsoId = sinar.id) =>
      asked(flags, 'mutation ($input: SetFlagInput!) { setFlag(input: $input) { flags { flag value } } }', { input: { flag: 'CDP_TEAM_PERMISSION_ENABLED', companySsoId, value } });
    const refusal = async (companySsoId?: string): Promise<string> => {
      const { errors } = await set(true, companySsoId);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['CONFLICT']);
      return errors?.[0]?.message ?? '';
    };
    const companySsoId = randomUUID();
    const founding = { companySsoId, name: 'Warung', plan: 'GROWTH', ownerSsoId: randomUUID(), ownerEmail: `${mode.replace(' ', '-')}@warung.example`, ownerFullName: 'Budi' };
    expect((await asked({ sub: 'billing', scope: 'companies:write' }, 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id } } }', { input: founding })).errors).toBeUndefined();
    expect(await refusal(companySsoId)).toContain('there is no coverage report of the company yet');

    expect((await set(false)).errors).toBeUndefined();
    const old: string[] = [];
    for (const name of ['Old one', 'Old two', 'Old three', 'Old four']) {
      const created = await asked(sync, 'mutation ($input: CreateContactInput!) { createContact(input: $input) { contactId } }', { input: { companySsoId: sinar.id, name } });
      old.push((created.data as unknown as { createContact: { contactId: string } }).createContact.contactId);
    }
    const owner = { sub: demoPersonId('sinar-olivia'), company_sso_id: sinar.id };
    const found = await asked(owner, '{ contacts(filter: { name: "Gita" }) { nodes { id } } }');
    const gita = (found.data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes[0]?.id;
    const assign = 'mutation ($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }';
    expect((await asked(owner, assign, { input: { id: gita, addTeamOwnerIds: [demoTeamId(sinar, 'General')] } })).errors).toBeUndefined();

    type Move = { id: string; status: string; report: { contacts: number; covered: number } };
    const fields = 'id status report { contacts covered }';
    const moved = async (dryRun: boolean): Promise<Move> => {
      const started = await asked(mover, `mutation ($input: StartLegacyMoveInput!) { startLegacyMove(input: $input) { move { ${fields} } } }`, { input: { companySsoId: sinar.id, dryRun } });
      let { move } = (started.data as unknown as { startLegacyMove: { move: Move } }).startLegacyMove;
      await until(async () => {
        move = ((await asked(mover, `query ($id: ID!) { legacyMove(id: $id) { ${fields} } }`, { id: move.id })).data as unknown as { legacyMove: Move }).legacyMove;
        return !['PENDING', 'RUNNING'].includes(move.status);
      });
      return move;
    };
    // a move reports what it comes to: here it has nothing to go by
    expect(await moved(false)).toMatchObject({ status: 'COMPLETED', report: { contacts: 12, covered: 8 } });
    await until(async () => {
      const { errors } = await set(true);
      if (errors === undefined) await set(false);
      return errors?.[0]?.message.includes('8 of 12 contacts have a team owner, which is below 95 %') === true;
    });

    const load = 'mutation ($input: LoadLegacyTeamsInput!) { loadLegacyTeams(input: $input) { rows teams } }';
    const rows = old.map((contactKey) => ({ contactKey, crmTeamHierarchyId: '7' }));
    expect((await asked(mover, load, { input: { companySsoId: sinar.id, rows, teams: [{ legacyTeamId: '7', name: 'Sales' }] } })).data).toEqual({ loadLegacyTeams: { rows: 4, teams: 1 } });
    expect(await moved(true)).toMatchObject({ status: 'COMPLETED', report: { contacts: 12, covered: 12 } });
    expect(await refusal()).toContain('below 95 %');
    expect(await moved(false)).toMatchObject({ status: 'COMPLETED', report: { contacts: 12, covered: 12 } });
    let answer = await set(true);
    // the report is on its way when the move is through
    await until(async () => (answer = answer.errors === undefined ? answer : await set(true)).errors === undefined);
    const { setFlag } = answer.data as unknown as { setFlag: { flags: { flag: string; value: boolean }[] } };
    expect(setFlag.flags).toContainEqual({ flag: 'CDP_TEAM_PERMISSION_ENABLED', value: true });
  }, 90_000);
});
