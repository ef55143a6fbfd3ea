import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoCompanies, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';

const [qontak, sinar] = demoCompanies;

describe.each(modes)('the tree through the gateway in %s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  type Team = Readonly<{ id: string; version: number; path: readonly string[] }>;
  const asked = async <Data>(who: string, query: string, variables: object = {}) => {
    const { data, errors } = await system.as(who).ask<Data>(query, variables);
    return { data, codes: errors?.map(({ extensions }) => extensions.code) ?? [] };
  };
  const change = async (who: string, mutation: string, type: string, input: object) => {
    const { data, codes } = await asked<{ done: { team: Team } | null }>(who, `mutation ($input: ${type}!) { done: ${mutation}(input: $input) { team { id version path } } }`, { input });
    return { team: data?.done?.team, codes };
  };

  test('is changed by an ADMIN, whose changes take effect on the next request and stand in the audit log', async () => {
    const product = demoTeamId(qontak, 'Product');
    const made = await change('bayu', 'createTeam', 'CreateTeamInput', { name: 'Platform', parentId: demoTeamId(qontak, 'Sales'), memberIds: [demoPersonId('nita')] });
    expect(made.team?.path).toEqual(['Sales', 'Platform']);
    const id = made.team?.id ?? '';
    const expanded = async () => (await asked<{ me: { expandedTeamIds: string[] } }>('nita', '{ me { expandedTeamIds } }')).data?.me.expandedTeamIds;
    expect(await expanded()).toEqual([id]);

    expect((await change('bayu', 'renameTeam', 'RenameTeamInput', { id, name: 'Core', expectedVersion: made.team?.version })).team?.path).toEqual(['Sales', 'Core']);
    expect((await change('bayu', 'renameTeam', 'RenameTeamInput', { id, name: 'Old', expectedVersion: made.team?.version })).codes).toEqual(['CONFLICT']);
    expect((await change('bayu', 'moveTeam', 'MoveTeamInput', { id, parentId: product })).team?.path).toEqual(['Product', 'Core']);
    expect((await change('bayu', 'moveTeam', 'MoveTeamInput', { id: product, parentId: id })).codes).toEqual(['UNPROCESSABLE']);
    expect((await change('bayu', 'addTeamMembers', 'TeamMembersInput', { id, userIds: [demoPersonId('sinar-zhelia')] })).codes).toEqual(['BAD_USER_INPUT']);
    expect((await change('zhelia', 'renameTeam', 'RenameTeamInput', { id, name: 'Mine' })).codes).toEqual(['FORBIDDEN']);
    expect((await change('bayu', 'renameTeam', 'RenameTeamInput', { id: demoTeamId(sinar, 'Sales'), name: 'Ours' })).codes).toEqual(['NOT_FOUND']);

    const remove = 'mutation ($id: ID!) { deleteTeam(input: { id: $id }) { teamId treeVersion contactsTo { id name } } }';
    const deleted = await asked<{ deleteTeam: object }>('bayu', remove, { id });
    expect(deleted.data?.deleteTeam).toEqual({ teamId: id, treeVersion: 2, contactsTo: { id: product, name: 'Product' } });
    expect(await expanded()).toEqual([]);

    const log = await asked<{ auditLog: { nodes: { kind: string; actor: { fullName: string }; subjectId: string }[] } }>('olivia', '{ auditLog(filter: { kind: TEAM }) { nodes { kind subjectId actor { fullName } } } }');
    const mine = log.data?.auditLog.nodes.filter(({ subjectId }) => subjectId === id) ?? [];
    expect(mine.map(({ actor }) => actor.fullName)).toEqual(['Bayu Pratama', 'Bayu Pratama', 'Bayu Pratama', 'Bayu Pratama']);
    expect((await asked('made', '{ auditLog { totalCount } }')).codes).toEqual(['FORBIDDEN']);
  });
});
