import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { connect } from '../../embedded/demo/client.ts';
import { demoPersonId } from '../../embedded/demo/data.ts';
import { besideTimer } from '../support/lateness.ts';
import { modes, startSystem, type TestSystem } from '../support/system.ts';

/** What a change takes at most to hold in every process, in milliseconds (SPEC §2.5); asking for it takes its own time on top. */
const everywhereMs = 1_000;
const slack = 2;

describe.each(modes)('companies and people in %s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  const codeOf = async (key: string, query: string): Promise<string | undefined> => (await system.as(key).ask(query)).errors?.[0]?.extensions.code;
  /** Asks until the answer carries a code; answers how long that took beside a bare timer. */
  const untilRefused = (key: string, query: string, code: string) =>
    besideTimer(everywhereMs, async () => {
      for (let tries = 0; tries < 500; tries += 1) if ((await codeOf(key, query)) === code) return;
      throw new Error(`${query} of ${key} was never ${code}`);
    });

  test('deactivateUser closes their socket with 4403 and refuses their token in every process; nobody else notices', async () => {
    const open = async (key: string): Promise<WebSocket> => {
      const socket = new WebSocket(system.url.replace('http', 'ws'), 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${system.token(key)}` } }));
      await once(socket, 'message');
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { teamMigrated { teamId } }' } }));
      return socket;
    };
    const [bayu, olivia] = [await open('bayu'), await open('olivia')];
    const closed = once(bayu, 'close') as Promise<[number, Buffer]>;
    const mutation = 'mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { isActive } } }';
    expect(await system.as('olivia').ask(mutation, { input: { userId: demoPersonId('bayu') } })).toEqual({ data: { deactivateUser: { user: { isActive: false } } } });
    expect(await codeOf('bayu', '{ me { role } }')).toBe('UNAUTHENTICATED');
    const { took, bare } = await untilRefused('bayu', '{ contacts { totalCount } }', 'UNAUTHENTICATED');
    expect(took / bare).toBeLessThan(slack);
    const [code, reason] = await closed;
    expect({ code, reason: String(reason) }).toEqual({ code: 4403, reason: 'This person is no longer active in this company.' });
    expect(olivia.readyState).toBe(WebSocket.OPEN);
    olivia.close();
  }, 30_000);

  test('TEAM-S01: a level set for a person holds in every process within a second', async () => {
    const set = (level: string | null) =>
      system.as('olivia').ask('mutation ($input: SetPermissionLevelInput!) { setPermissionLevel(input: $input) { settings { users { totalCount } } } }', {
        input: { action: 'CUSTOMERS_CUSTOMERS_VIEW', level, userId: demoPersonId('zhelia') },
      });
    expect(await codeOf('zhelia', '{ contacts { totalCount } }')).toBeUndefined();
    expect((await set('DISABLED')).errors).toBeUndefined();
    const { took, bare } = await untilRefused('zhelia', '{ contacts { totalCount } }', 'FORBIDDEN');
    expect(took / bare).toBeLessThan(slack);
    await set(null);
  }, 30_000);

  test('OTM-S01, OTM-S02: a company is created, its OWNER invites into General, and who is invited signs in', async () => {
    const [companySsoId, ownerSsoId] = [randomUUID(), randomUUID()];
    const asClaims = async (claims: Parameters<TestSystem['mint']>[0]) => connect(system.url, await system.mint(claims));
    const founder = await asClaims({ sub: 'billing', scope: 'companies:write' });
    const created = await founder.ask('mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id plan } } }', {
      input: { companySsoId, name: 'Warung', plan: 'STARTER', ownerSsoId, ownerEmail: 'Budi@warung.example', ownerFullName: 'Budi' },
    });
    expect(created).toEqual({ data: { createCompany: { company: { id: companySsoId, plan: 'STARTER' } } } });
    const owner = await asClaims({ sub: ownerSsoId, company_sso_id: companySsoId });
    type Teams = { teams: { nodes: { id: string; name: string; isDefault: boolean }[] } };
    const options = (await owner.ask<Teams>('{ teams { nodes { id name isDefault } } }')).data?.teams.nodes;
    expect(options).toMatchObject([{ name: 'General', isDefault: true }]);
    type Invited = { inviteUser: { role: string; user: { id: string; email: string }; teams: { name: string }[] } };
    const invite = 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { role user { id email } teams { name } } }';
    const invited = (await owner.ask<Invited>(invite, { input: { email: 'Siti@Warung.example', fullName: 'Siti', roleId: 'AGENT', teamIds: [options?.[0]?.id] } })).data?.inviteUser;
    expect(invited).toMatchObject({ role: 'AGENT', user: { email: 'siti@warung.example' }, teams: [{ name: 'General' }] });
    const siti = await asClaims({ sub: invited?.user.id ?? '', company_sso_id: companySsoId });
    expect(await siti.ask('{ me { role teams { name } } contacts { totalCount } }')).toEqual({ data: { me: { role: 'AGENT', teams: [{ name: 'General' }] }, contacts: { totalCount: 0 } } });
    const refused = await siti.ask(invite, { input: { email: 'a@b.example', fullName: 'A', roleId: 'AGENT' } });
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect((await siti.ask('mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id } } }', { input: { companySsoId: randomUUID(), name: 'x', plan: 'STARTER', ownerSsoId: randomUUID(), ownerEmail: 'a@b', ownerFullName: 'x' } })).errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  }, 30_000);
});
