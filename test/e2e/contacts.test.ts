import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoCompanies, demoId, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const [qontak] = demoCompanies;

describe.each(modes)('contacts beside teams in %s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  type Answer = { data: Record<string, never> | null; errors?: { message: string; extensions: { code: string; field?: string } }[] };
  const asked = async (claims: Parameters<TestSystem['mint']>[0], query: string, variables: object = {}): Promise<Answer> => {
    const authorization = `Bearer ${await system.mint(claims)}`;
    const answer = await fetch(system.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify({ query, variables }) });
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
});
