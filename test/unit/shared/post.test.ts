import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'undici';
import { post, NoAnswerInTime } from '../../../subgraphs/shared/post.ts';

let server: Server;
let pool: Pool;
const open = new Set<ServerResponse>();
let asked = 0;

const answers: Readonly<Record<string, (response: ServerResponse, body: string) => void>> = {
  '/echo': (response, body) => response.end(body),
  '/pieces': (response) => {
    const text = Buffer.from('a€b'.repeat(3));
    for (const byte of text) response.write(Buffer.from([byte]));
    response.end();
  },
  '/empty': (response) => response.writeHead(204).end(),
  '/refused': (response) => response.writeHead(503).end('no'),
  '/hang': (response) => void open.add(response),
  '/half': (response) => {
    open.add(response);
    response.write('half of it');
  },
  '/reset': (response) => response.destroy(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => answers[request.url ?? '']?.(response, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  pool = new Pool(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, { connections: 1, pipelining: 1 });
});
afterAll(async () => {
  await pool.destroy();
  server.closeAllConnections();
  server.close();
});

const sent = (path: string, body = '{}', waitMs = 20_000) => post(pool, { path, headers: { 'content-type': 'application/json' }, body, waitMs });

describe('a POST between parts', () => {
  test('brings status and text, whole, however it comes in pieces', async () => {
    expect(await sent('/echo', '{"name":"Ødegård 👩‍👧"}')).toEqual({ status: 200, text: '{"name":"Ødegård 👩‍👧"}' });
    expect(await sent('/echo', 'x'.repeat(1_000_000))).toMatchObject({ status: 200, text: expect.stringMatching(/^x{1000000}$/) });
    expect(await sent('/pieces')).toEqual({ status: 200, text: 'a€b'.repeat(3) });
    expect(await sent('/empty')).toEqual({ status: 204, text: '' });
    expect(await sent('/refused')).toEqual({ status: 503, text: 'no' });
  });

  test.each(['/hang', '/half'])('is given up in time: %s; its connection is closed, and the next one is answered', async (path) => {
    await expect(sent(path, '{}', 50)).rejects.toBeInstanceOf(NoAnswerInTime);
    expect(await sent('/echo', '"next"')).toEqual({ status: 200, text: '"next"' });
  });

  test('that waits for a connection is given up in time too, and is never sent', async () => {
    const before = asked;
    const first = sent('/hang', '{}', 300);
    const second = sent('/echo', '{}', 50);
    await expect(second).rejects.toBeInstanceOf(NoAnswerInTime);
    await expect(first).rejects.toBeInstanceOf(NoAnswerInTime);
    expect(await sent('/echo', '"after"')).toEqual({ status: 200, text: '"after"' });
    expect(asked).toBe(before + 2);
  });

  test('whose connection breaks says so, and so does one to a pool that is closed', async () => {
    await expect(sent('/reset')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    const gone = new Pool('http://127.0.0.1:1');
    await expect(post(gone, { path: '/', headers: {}, body: '', waitMs: 20_000 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await gone.destroy();
    await expect(post(gone, { path: '/', headers: {}, body: '', waitMs: 20_000 })).rejects.toThrow();
  });
});
