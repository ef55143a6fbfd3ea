import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoCompanies, demoId, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';

const [qontak, sinar] = demoCompanies;

describe.each(modes)('the supergraph in %s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  const post = async (body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(system.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string; status: number } }[] } };
  };
  const codes = ({ body }: Awaited<ReturnType<typeof post>>) => body.errors?.map(({ extensions }) => extensions.code);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  describe('signing in', () => {
    const person = { sub: demoPersonId('zhelia'), company_sso_id: qontak.id };
    const me = { query: '{ me { user { fullName } role teams { name } expandedTeamIds } }' };

    test('without a token, with a wrong, an expired or another audience\'s is UNAUTHENTICATED, HTTP 401', async () => {
      const tokens = [
        'x.y.z',
        await system.mint(person, { expiresIn: -60 }),
        await system.mint({ ...person, aud: 'another' }),
        await system.mint({ ...person, iss: 'https://elsewhere.example' }),
      ];
      const answers = [await post(me), ...(await Promise.all(tokens.map((token) => post(me, bearer(token)))))];
      expect(answers.map(codes)).toEqual(answers.map(() => ['UNAUTHENTICATED']));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    });

    test('a person who is not active in exactly that company is UNAUTHENTICATED everywhere', async () => {
      const strangers = [
        { sub: demoId('nobody'), company_sso_id: qontak.id },
        { sub: demoPersonId('zhelia'), company_sso_id: sinar.id },
        { sub: demoPersonId('zhelia'), company_sso_id: demoId('no company') },
      ];
      for (const stranger of strangers) {
        const headers = bearer(await system.mint(stranger));
        expect(codes(await post(me, headers))).toEqual(['UNAUTHENTICATED']);
        expect(codes(await post({ query: '{ contacts { totalCount } }' }, headers))).toEqual(['UNAUTHENTICATED']);
      }
    });

    test('a scope in a person\'s token counts for nothing', async () => {
      const token = await system.mint({ ...person, scope: 'teams:migrate:chat' });
      const answer = await post({ query: 'mutation { migrateTeams(input: { app: CHAT, items: [] }) { job { id } } }' }, bearer(token));
      expect(codes(answer)).toEqual(['FORBIDDEN']);
    });

    test('me answers who one is', async () => {
      const { body, status } = await post(me, bearer(system.token('zhelia')));
      const own = ['Product Management', 'Qontak Product'];
      expect({ status, data: body.data }).toEqual({
        status: 200,
        data: {
          me: {
            user: { fullName: 'Zhelia Putri' },
            role: 'AGENT',
            teams: own.map((name) => ({ name })),
            expandedTeamIds: own.map((name) => demoTeamId(qontak, name)).sort(),
          },
        },
      });
    });
  });

  describe('what each person sees', () => {
    type Seen = { contacts: { totalCount: number; nodes: { id: string; name: string }[] } };
    const seenBy = async (key: string) => {
      const { data } = await system.as(key).ask<Seen>('{ contacts(first: 100, sort: { field: NAME, direction: ASC }) { totalCount nodes { id name } } }');
      return data?.contacts ?? { totalCount: -1, nodes: [] };
    };

    test.each([
      ['zhelia', 'A B C G'],
      ['rara', 'A B D G H'],
      ['made', 'A B C D E G H'],
      ['nita', 'G'],
      ['bayu', 'A B C D E F G H'],
      ['sinar-zhelia', 'A B C G'],
      ['sinar-olivia', 'A B C D E F G H'],
    ])('%s sees %s, and the total counts no more', async (key, initials) => {
      const { nodes, totalCount } = await seenBy(key);
      expect(nodes.map(({ name }) => name[0]).join(' ')).toBe(initials);
      expect(totalCount).toBe(nodes.length);
    });

    test('two companies with equal names share no contact', async () => {
      const [ours, theirs] = [await seenBy('bayu'), await seenBy('sinar-olivia')];
      const ids = new Set(ours.nodes.map(({ id }) => id));
      expect(theirs.nodes.some(({ id }) => ids.has(id))).toBe(false);
    });

    test('a contact out of scope is FORBIDDEN, one of another company NOT_FOUND, through every door', async () => {
      const all = (await seenBy('bayu')).nodes;
      const hidden = all.find(({ name }) => name.startsWith('Fajar'))?.id;
      const foreign = (await seenBy('sinar-olivia')).nodes[0]?.id;
      const ask = `query ($id: ID!) { contact(id: $id) { name } notes(contactId: $id) { totalCount } }`;
      for (const [id, code] of [[hidden, 'FORBIDDEN'], [foreign, 'NOT_FOUND']] as const) {
        const { data, errors } = await system.as('zhelia').ask<{ contact: unknown }>(ask, { id });
        expect(data?.contact ?? null).toBeNull();
        expect([...new Set(errors?.map(({ extensions }) => extensions.code))]).toEqual([code]);
      }
    });

    test('a team shows its contacts within the viewer\'s scope, and its place in the tree', async () => {
      const { data } = await system.as('rara').ask(
        `query ($id: ID!) { team(id: $id) { name path depth parent { name } contacts(first: 3, ) { totalCount nodes { name } } } }`,
        { id: demoTeamId(qontak, 'Qontak Designer') },
      );
      expect(data).toEqual({
        team: {
          name: 'Qontak Designer',
          path: ['Product', 'Qontak Designer'],
          depth: 1,
          parent: { name: 'Product' },
          contacts: { totalCount: 2, nodes: [{ name: 'Dian Kusuma' }, { name: 'Hendra Gunawan' }] },
        },
      });
    });

    test('a team of another company is NOT_FOUND', async () => {
      const { errors } = await system.as('rara').ask('query ($id: ID!) { team(id: $id) { name } }', { id: demoTeamId(sinar, 'Product') });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
    });
  });

  test('a created contact is owned by all of its creator\'s own teams, and its notes carry what the viewer may do', async () => {
    type Created = { createContact: { contactId: string; contact: { teamOwners: { name: string }[]; owner: { fullName: string } } } };
    const zhelia = system.as('zhelia');
    const { data } = await zhelia.ask<Created>(
      `mutation { createContact(input: { name: "Indah Sari", phone: "0812 3456-7890" }) {
         contactId contact { phone owner { fullName } teamOwners { name } } } }`,
    );
    expect(data?.createContact.contact).toEqual({
      phone: '+6281234567890',
      owner: { fullName: 'Zhelia Putri' },
      teamOwners: [{ name: 'Product Management' }, { name: 'Qontak Product' }],
    });
    const id = data?.createContact.contactId;
    await zhelia.ask('mutation ($id: ID!) { addNote(input: { contactId: $id, text: "Called back." }) { noteId } }', { id });
    const asked = 'query ($id: ID!) { notes(contactId: $id) { totalCount nodes { text author { fullName } permission { update delete } } } }';
    const note = { text: 'Called back.', author: { fullName: 'Zhelia Putri' }, permission: { update: true, delete: true } };
    expect((await zhelia.ask(asked, { id })).data).toEqual({ notes: { totalCount: 1, nodes: [note] } });
  });
});
