import { describe, expect, test } from '@jest/globals';
import { createHmac, createPublicKey } from 'node:crypto';
import { generateKeyPair, type JWK, SignJWT } from 'jose';
import { demoCompanies, demoPersonId } from '../../embedded/demo/data.ts';
import { demoAudience, demoIssuerName } from '../../embedded/issuer.ts';
import { allowList, signCall } from '../../subgraphs/shared/calls.ts';
import { callHeader } from '../../subgraphs/shared/peer.ts';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { askSubgraph, call, callOf, knock, signClaims } from '../support/hostile/doors.ts';
import type { Given } from '../support/hostile/given.ts';
import { keepsEverything } from '../support/hostile/keepsEverything.ts';
import { closeOfSocket } from '../support/hostile/socket.ts';

const [ours, theirs] = demoCompanies;
const bayu = { sub: demoPersonId('bayu'), company_sso_id: ours.id };
const body = JSON.stringify({ query: '{ me { role } }' });
const asBayu: Person = { kind: 'person', userId: bayu.sub, companyId: ours.id, platform: 'web' };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1_000);

/** Tokens, and calls between the parts, that were not made by whom they name. */
export const calls = (given: Given): void => {
  keepsEverything(given);

  describe('tokens', () => {
    const claims = () => ({ ...bayu, iss: demoIssuerName, aud: demoAudience, iat: seconds(), exp: seconds() + 600 });
    const publicKey = async (): Promise<JWK & { kid: string }> => {
      const { keys } = (await (await fetch(given().world.jwksUrl)).json()) as { keys: [JWK & { kid: string }] };
      return keys[0];
    };
    const ofAnotherKey = async (header: Readonly<Record<string, string>>): Promise<string> =>
      new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: (await publicKey()).kid, ...header }).sign((await generateKeyPair('ES256')).privateKey);

    test.each([
      ['HOSTILE 46: algorithm none', async () => `${encode({ alg: 'none', kid: (await publicKey()).kid })}.${encode(claims())}.`],
      ['HOSTILE 46: algorithm nOnE', () => Promise.resolve(`${encode({ alg: 'nOnE' })}.${encode(claims())}.`)],
      ['HOSTILE 46: HS256 with the public key as secret', async () => {
        const key = await publicKey();
        const head = `${encode({ alg: 'HS256', kid: key.kid })}.${encode(claims())}`;
        return `${head}.${createHmac('sha256', createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })).update(head).digest('base64url')}`;
      }],
      ['HOSTILE 46: a foreign key under our kid', () => ofAnotherKey({})],
      ['HOSTILE 47: an unknown kid', () => ofAnotherKey({ kid: 'nobody' })],
      ['HOSTILE 47: a kid like a path', () => ofAnotherKey({ kid: '../../../../dev/null' })],
      ['HOSTILE 47: a kid that is a URL, with the key beside it', () => ofAnotherKey({ kid: 'https://evil.example/key.pem', jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' })],
      ['HOSTILE 47: a kid that closes a statement', () => ofAnotherKey({ kid: "' OR 1=1 --" })],
      ['HOSTILE 48: another audience', () => given().world.mint({ ...bayu, aud: 'other' })],
      ['HOSTILE 48: another issuer', () => given().world.mint({ ...bayu, iss: 'https://evil.example' })],
      ['HOSTILE 49: expired', () => given().world.mint({ ...bayu, exp: seconds() - 60 })],
      ['HOSTILE 49: not valid before an hour from now', () => given().world.mint({ ...bayu, nbf: seconds() + 3_600 })],
      ['HOSTILE 45: a person in a company that is not theirs', () => given().world.mint({ ...bayu, company_sso_id: theirs.id })],
      ['HOSTILE 58: a person whose id is in upper case', () => given().world.mint({ ...bayu, sub: bayu.sub.toUpperCase() })],
    ])('%s is UNAUTHENTICATED over HTTP, and closes a socket with 4403', async (_what, make) => {
      const { world } = given();
      const authorization = `Bearer ${await make()}`;
      const answer = await world.send(body, { 'content-type': 'application/json', authorization });
      expect([answer.status, answer.codes, answer.data ?? null]).toEqual([401, ['UNAUTHENTICATED'], null]);
      // what is only wrong about the person is known when something is asked
      if (!/a person in/.test(_what)) expect(await closeOfSocket(world, { authorization })).toMatchObject({ code: 4403 });
    });
  });

  describe('calls between the parts', () => {
    const refused = { status: 401, value: { errors: [{ extensions: { code: 'UNAUTHENTICATED', status: 401 } }] } };
    const access = JSON.stringify({ companyId: ours.id, userId: bayu.sub, withTeams: true });

    test('HOSTILE 49: a call that was overheard is good once more for its own body at its own door for 30 s, and for nothing else', async () => {
      const { teamsUrl, contactsUrl, keys } = given().world;
      const token = signCall(keys, callOf(body, { viewer: asBayu }), Date.now());
      const with_ = (key: string) => ({ [callHeader]: key });
      expect((await knock(teamsUrl, 'graphql', body, with_(token))).status).toBe(200);
      for (const [url, operation, sent, key] of [
        [teamsUrl, 'graphql', body.replace('role', 'user { email }'), token],
        [teamsUrl, 'graphql', `${body} `, token],
        [teamsUrl, 'access', body, token],
        [contactsUrl, 'graphql', body, token],
        [teamsUrl, 'graphql', body, signCall(keys, callOf(body, { viewer: asBayu }), Date.now() - 30_001)],
        [teamsUrl, 'graphql', body, signCall(keys, callOf(body, { viewer: asBayu }), Date.now() + 60_000)],
      ] as const) {
        expect(await knock(url, operation, sent, with_(key))).toMatchObject(refused);
      }
    });

    test('HOSTILE 50: a forged call header is refused at both subgraphs: unsigned, signed with another key, changed, cut, doubled, or with claims that we never make', async () => {
      const { teamsUrl, contactsUrl, keys: [key] } = given().world;
      const good = signClaims(key, body, { viewer: asBayu });
      const [payload = '', signature = ''] = good.split('.');
      expect((await knock(teamsUrl, 'graphql', body, { [callHeader]: good })).status).toBe(200);
      const viewer: Person = { kind: 'person', userId: bayu.sub, companyId: theirs.id, platform: 'web' };
      const changed = encode({ ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), viewer });
      const forged = [
        '', '.', 'x', 'e30.AAAA', payload, `${payload}.`, `.${signature}`, `${good}.${signature}`, `${payload}.${signature.slice(0, -2)}`, `${changed}.${signature}`, encode({ viewer }),
        signClaims('another key of at least 32 characters', body, { viewer: asBayu }), signClaims(key, body, { viewer: asBayu, expiresAt: Date.now() + 3_600_000 }), 
        signClaims(key, body, { viewer: asBayu, caller: 'contacts' }), signClaims(key, body, { viewer: asBayu, caller: 'teams' }), signClaims(key, body, { viewer: asBayu, caller: '__proto__' as never }), signClaims(key, body, { viewer: asBayu, operation: 'constructor' as never }),
      ];
      expect(await knock(teamsUrl, 'graphql', body, { [callHeader]: signClaims(key, body, { viewer: asBayu, audience: 'contacts' }) })).toMatchObject(refused);
      for (const token of forged) for (const url of [teamsUrl, contactsUrl]) expect([token, await knock(url, 'graphql', body, { [callHeader]: token })]).toMatchObject([token, refused]);
      for (const headers of [{ authorization: `Bearer ${await given().world.token('bayu')}` }, { 'x-viewer': JSON.stringify(viewer) }]) expect(await knock(teamsUrl, 'graphql', body, headers)).toMatchObject(refused);
    });

    test('HOSTILE 50: each operation of a part is answered to the callers of the allow-list alone, and no other name is one', async () => {
      const { world } = given();
      for (const [operation, callers] of Object.entries(allowList.teams)) {
        for (const caller of ['gateway', 'contacts', 'teams'] as const) {
          if ((callers as readonly string[]).includes(caller)) continue;
          expect([operation, caller, await call(world, callOf(access, { operation: operation as never, caller }))]).toMatchObject([operation, caller, refused]);
        }
      }
      for (const operation of ['constructor', 'toString', 'valueOf', 'nothing']) expect(await call(world, callOf('{}', { operation: operation as never }))).toMatchObject(refused);
      for (const path of ['__proto__', 'graphql/', 'graphql%00', '../internal/graphql2', 'access?x=1']) expect([401, 404]).toContain((await knock(world.teamsUrl, path, body)).status);
    });

    test('HOSTILE 50: headers of our own parts mean nothing at the gateway', async () => {
      const { world } = given();
      const headers = { 'content-type': 'application/json', [callHeader]: signCall(world.keys, callOf(body, { viewer: asBayu }), Date.now()), 'x-viewer': JSON.stringify(bayu), 'x-user-id': bayu.sub, 'x-company-id': ours.id };
      expect(await world.send(body, headers)).toMatchObject({ status: 401, codes: ['UNAUTHENTICATED'] });
      const asAgent = await world.send(body, { ...headers, authorization: `Bearer ${await world.token('nita')}` });
      expect(asAgent.data).toEqual({ me: { role: 'AGENT' } });
      for (const path of ['/internal/graphql', '/internal/access']) expect((await fetch(new URL(path, world.url), { method: 'POST', body, headers })).status).toBe(404);
    });
  });

  describe('entities', () => {
    const entities = 'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Team { name } ... on Contact { name } } }';
    const person = (key: string, companyId: string): Person => ({ kind: 'person', userId: demoPersonId(key), companyId, platform: 'web' });

    test.each(['{ _entities(representations: [{ __typename: "Contact", id: "1" }]) { __typename } }', '{ _service { sdl } }', '{ __type(name: "_Any") { fields { name } } _entities(representations: []) { __typename } }'])(
      'HOSTILE 51: %s at the gateway is no field of it',
      async (query) => {
        const answer = await fetch(given().world.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await given().world.token('bayu')}` }, body: JSON.stringify({ query }) });
        expect([answer.status, await answer.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
      },
    );

    test('HOSTILE 51: at the subgraphs’ own ports they are answered to signed calls alone, and for whom those are: no scope is passed by', async () => {
      const { world, at } = given();
      for (const [url, of] of [[world.teamsUrl, { __typename: 'Team', id: at.own.team }], [world.contactsUrl, { __typename: 'Contact', id: at.own.contact }]] as const) {
        expect((await knock(url, 'graphql', JSON.stringify({ query: entities, variables: { of: [of] } }))).status).toBe(401);
      }
      const one = (audience: 'teams' | 'contacts', viewer: Person | null, ...of: readonly object[]) => askSubgraph(world, audience, viewer, entities.replace(audience === 'teams' ? '... on Contact { name }' : '... on Team { name }', ''), { of });
      const contact = { __typename: 'Contact', id: at.own.contact };
      expect((await one('contacts', person('bayu', ours.id), contact)).value).toMatchObject({ data: { _entities: [{ name: 'Andi Saputra' }] } });
      for (const viewer of [person('sinar-olivia', theirs.id), person('bayu', theirs.id), null]) expect((await one('contacts', viewer, contact)).text).not.toContain('Andi');
      const team = { __typename: 'Team', id: at.own.team };
      expect((await one('teams', person('bayu', ours.id), team)).value).toMatchObject({ data: { _entities: [{ name: 'Qontak Product' }] } });
      for (const viewer of [person('sinar-olivia', theirs.id), person('bayu', theirs.id), null]) expect((await one('teams', viewer, team)).text).not.toContain('Qontak Product');
    });

    test('HOSTILE 51: representations that are none cost their own item or are refused, without a stack', async () => {
      const { world, at } = given();
      const bad = [{ __typename: 'Contact' }, { __typename: 'Contact', id: null }, { __typename: 'Contact', id: { $ne: null } }, { __typename: 'Contact', id: [] }, { __typename: 'Contact', id: 7 }, { __typename: 'Contact', id: '\u0000' }];
      for (const of of [...bad, { __typename: 'Nobody', id: '1' }, { __typename: '__proto__' }, {}, 7, null]) {
        const { text } = await askSubgraph(world, 'contacts', person('bayu', ours.id), entities.replace('... on Team { name }', ''), { of: [{ __typename: 'Contact', id: at.own.contact }, of] });
        expect(text).not.toMatch(/\bat \S+ \(|node_modules|stacktrace|Mongo|BSON|\$ne/);
      }
    });

    test('HOSTILE 59: the same thing asked for many times over in one call is each time the same, whatever stands beside it', async () => {
      const { world, at } = given();
      const asked = [at.own.contact, at.foreign.contact, at.own.contact, at.unknown.objectId, at.own.contact, at.foreign.contact];
      const { value } = await askSubgraph(world, 'contacts', person('bayu', ours.id), entities.replace('... on Team { name }', ''), { of: asked.map((id) => ({ __typename: 'Contact', id })) });
      expect((value as { data: unknown }).data).toEqual({ _entities: asked.map((id) => (id === at.own.contact ? { __typename: 'Contact', name: 'Andi Saputra' } : null)) });
      const teams = [at.own.team, at.foreign.team, at.own.team, at.own.team.toUpperCase(), at.unknown.uuid, at.own.team];
      const answered = await askSubgraph(world, 'teams', person('bayu', ours.id), entities.replace('... on Contact { name }', ''), { of: teams.map((id) => ({ __typename: 'Team', id })) });
      expect((answered.value as { data: unknown }).data).toEqual({ _entities: teams.map((id) => (id === at.own.team ? { __typename: 'Team', name: 'Qontak Product' } : null)) });
    });

    test('HOSTILE 59: duplicates in the questions of contacts count once, and never answer for another id', async () => {
      const { world, at } = given();
      const internal = async (operation: 'people' | 'ancestors' | 'standing' | 'companies', request: object) => (await call(world, callOf(JSON.stringify(request), { caller: 'contacts', operation }))).value;
      const { person: rara, team, root } = at.own;
      const companyId = ours.id;
      expect(await internal('people', { companyId, userIds: [rara, at.foreign.person, rara, rara.toUpperCase(), rara] })).toEqual({ active: [rara] });
      expect(await internal('ancestors', { companyId, teamIds: [team, root, team, at.foreign.team, team.toUpperCase()] })).toMatchObject({ ancestors: { [team]: [root], [root]: [] } });
      expect(await internal('standing', { companyId, teamIds: [team, team, at.foreign.team, at.unknown.uuid] })).toMatchObject({ standing: { [team]: team } });
      expect(await internal('companies', { ids: [companyId, companyId, at.unknown.uuid] })).toEqual({ companies: [{ id: companyId, isActive: true }], hasMore: false });
    });
  });
};
