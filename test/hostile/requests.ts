import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { lookAt, type LookedAt } from '../support/hostile/answer.ts';
import type { Given } from '../support/hostile/given.ts';
import { keepsEverything } from '../support/hostile/keepsEverything.ts';

const role = JSON.stringify({ query: '{ me { role } }' });
const json = 'application/json';

/** Bodies, headers and methods as no good client sends them. */
export const requests = (given: Given): void => {
  const headers = async (contentType: string = json, more: Readonly<Record<string, string>> = {}) => ({ authorization: `Bearer ${await given().world.token('bayu')}`, 'content-type': contentType, ...more });
  const send = async (body: string | Uint8Array, contentType?: string, more?: Readonly<Record<string, string>>): Promise<LookedAt> => given().world.send(body, await headers(contentType, more));
  const refused = async (answer: Promise<LookedAt>, status: number, code: string) => {
    const { status: its, codes, data, errors } = await answer;
    expect([its, codes, data ?? null]).toEqual([status, [code], null]);
    return errors[0]?.extensions['limit'];
  };

  keepsEverything(given);

  test.each([1, 2, 10_000])('HOSTILE 9: an array of %i operations is refused, and none of them is carried out', async (count) => {
    const { at } = given();
    const note = { query: 'mutation ($id: ID!) { addNote(input: { contactId: $id, text: "batched" }) { noteId } }', variables: { id: at.own.contact } };
    const oneOperation = { name: 'operations', max: 1 };
    expect(await refused(send(JSON.stringify(Array.from({ length: count }, () => note))), 400, 'BAD_USER_INPUT')).toEqual(oneOperation);
    expect(await refused(send(JSON.stringify([[note]])), 400, 'BAD_USER_INPUT')).toEqual(oneOperation);
  });

  test.each([['with its length said', true], ['in chunks', false]] as const)('HOSTILE 10: a body of 50 MB, %s, is BATCH_TOO_LARGE', async (_how, saysLength) => {
    const part = Buffer.alloc(1_000_000, ' ');
    const told = await headers();
    const answer = new Promise<LookedAt>((resolve, reject) => {
      const sending = request(given().world.url, { method: 'POST', headers: { ...told, ...(saysLength && { 'content-length': 50 * part.length }) } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += String(chunk))).on('end', () => resolve(lookAt(response.statusCode ?? 0, text)));
      });
      sending.on('error', reject);
      for (let sent = 0; sent < 50; sent += 1) sending.write(part);
      sending.end();
    });
    expect(await refused(answer, 413, 'BATCH_TOO_LARGE')).toEqual({ name: 'bodyBytes', max: 16_777_216 });
  });

  test.each(['gzip', 'deflate', 'br', 'identity', 'x-other'])('HOSTILE 10: a body in content-encoding %s is refused unread, a gzip bomb too', async (encoding) => {
    await refused(send(encoding === 'gzip' ? gzipSync(Buffer.alloc(50_000_000, ' ')) : role, json, { 'content-encoding': encoding }), 415, 'BAD_USER_INPUT');
  });

  test('HOSTILE 10: a message of 2 MB on a socket closes that socket with 1009', async () => {
    const { world } = given();
    const code = await new Promise((resolve) => {
      const socket = new WebSocket(world.url.replace('http', 'ws'), 'graphql-transport-ws');
      socket.on('open', () => socket.send('x'.repeat(2_000_000))).on('close', resolve).on('error', () => undefined);
    });
    expect(code).toBe(1009);
  });

  test('HOSTILE 11: __proto__, constructor and toString as aliases are plain names, over both subgraphs and in lists', async () => {
    const { world, at } = given();
    const query = 'query ($id: ID!) { __proto__: contact(id: $id) { __proto__: owner { constructor: fullName } toString: teamOwners { __proto__: name hasOwnProperty: path } } constructor: me { __proto__: role } }';
    const { text } = await world.ask('bayu', query, { id: at.own.contact });
    const names = ['Product Management', 'Qontak Product'].map((name) => `{"__proto__":"${name}","hasOwnProperty":["Product","${name}"]}`).join(',');
    expect(text.trim()).toBe(`{"data":{"__proto__":{"__proto__":{"constructor":"Zhelia Putri"},"toString":[${names}]},"constructor":{"__proto__":"ADMIN"}}}`);
  });

  test('HOSTILE 12: __proto__ and constructor as JSON keys change nothing, and are no fields of an input', async () => {
    const { at } = given();
    const pollution = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    expect((await send(`{"query":"{ me { role } }",${pollution},"variables":{${pollution}},"extensions":{${pollution}}}`)).data).toEqual({ me: { role: 'ADMIN' } });
    const rename = 'mutation ($input: RenameTeamInput!) { renameTeam(input: $input) { team { id } } }';
    for (const key of ['__proto__', 'constructor', 'toString']) {
      await refused(send(`{"query":${JSON.stringify(rename)},"variables":{"input":{"id":"${at.own.team}","${key}":{"name":"x"},"name":"x"}}}`), 400, 'BAD_USER_INPUT');
    }
    expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined();
  });

  test('HOSTILE 15: GET never changes anything, and reads only with a header that no form can send', async () => {
    const { world, at } = given();
    const search = (query: string): string => `?query=${encodeURIComponent(query)}`;
    const get = async (query: string, more: Readonly<Record<string, string>>) => world.send('', { authorization: `Bearer ${await world.token('bayu')}`, ...more }, 'GET', search(query));
    const preflight = { 'apollo-require-preflight': '1' };
    const mutation = `mutation { addNote(input: { contactId: "${at.own.contact}", text: "by GET" }) { noteId } }`;
    await refused(get(mutation, preflight), 405, 'BAD_USER_INPUT');
    await refused(get(`query Q { me { role } } ${mutation.replace('mutation', 'mutation M')}&operationName=M`, preflight), 400, 'BAD_USER_INPUT');
    await refused(get('{ me { role } }', {}), 400, 'BAD_USER_INPUT');
    expect((await get('{ me { role } }', preflight)).data).toEqual({ me: { role: 'ADMIN' } });
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await world.send(role, await headers(), method)).status).toBe(405);
  });

  test.each(['text/plain', 'text/plain;charset=utf-8', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', 'application/graphql', 'application/jsonp', ''])(
    'HOSTILE 16: a POST of %s is refused, as a form of another site could send it',
    async (contentType) => {
      const { status, codes } = await send(role, contentType);
      expect([[400, 415].includes(status), codes]).toEqual([true, ['BAD_USER_INPUT']]);
    },
  );

  test.each(['utf-7', 'UTF-16', 'utf-16le', 'iso-8859-1', 'utf-8-sig', '"utf-7"', 'utf-8;charset=utf-7'])('HOSTILE 17: charset %s is refused, whatever the body', async (charset) => {
    await refused(send(role, `${json}; charset=${charset}`), 415, 'BAD_USER_INPUT');
  });

  test('HOSTILE 17: UTF-8 is UTF-8 however it is written; bytes that are none, and UTF-16, are no JSON', async () => {
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"']) expect((await send(role, `${json}; charset=${charset}`)).data).toEqual({ me: { role: 'ADMIN' } });
    for (const bytes of [Buffer.from(role, 'utf16le'), Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(role)]), randomBytes(500)]) await refused(send(bytes), 400, 'BAD_USER_INPUT');
  });

  test('HOSTILE 18: 10,000 values of the wrong type are refused in a short answer', async () => {
    const query = 'mutation ($items: [MigrateTeamItem]!) { migrateTeams(input: { app: CHAT, items: $items }) { job { id } } }';
    for (const items of [Array.from({ length: 10_000 }, (_, n) => n), Array.from({ length: 10_000 }, () => ({ name: { $ne: null }, [`x${'y'.repeat(1_000)}`]: 1 }))]) {
      const { status, codes, text } = await given().world.ask('chat', query, { items });
      expect([status, new Set(codes), codes.length < 100, text.length < 200_000]).toEqual([400, new Set(['BAD_USER_INPUT']), true, true]);
    }
  });

  test('what is no request of GraphQL is BAD_USER_INPUT', async () => {
    const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const variables = [`{"query":"query ($id: ID!) { team(id: $id) { id } }","variables":{"id":${deep(200_000)}}}`, '{"query":"{ me { role } }","variables":[1]}', '{"query":"{ me { role } }","variables":"x"}'];
    for (const body of ['', '{', 'null', '7', '"x"', '{}', '{"query":null}', '{"query":7}', '{"query":{"kind":"Document"}}', '{"query":""}', deep(200_000), ...variables]) await refused(send(body), 400, 'BAD_USER_INPUT');
  });
};
