import { describe, expect, test } from '@jest/globals';
import { createPages } from '../../../gateway/pages/pages.ts';
import type { HttpRequest } from '../../../subgraphs/shared/server.ts';

const pages = createPages({ token: 'demo.token</script><script>' });
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const get = (path: string, accept = browser, method = 'GET'): HttpRequest => ({ method, path, search: '', headers: { accept }, isGone: () => false, body: '' });
const headersOf = async (path: string): Promise<Readonly<Record<string, string>>> => (await pages(get(path)))?.headers ?? {};

describe('Sandbox and GraphiQL', () => {
  test('a browser gets Sandbox at /graphql; whoever takes JSON, sends something, or asks elsewhere does not', async () => {
    expect((await pages(get('/graphql')))?.body).toContain('Apollo Sandbox');
    expect(await pages(get('/graphql', 'application/graphql-response+json, application/json;q=0.9'))).toBeUndefined();
    expect(await pages(get('/graphql', 'text/html, application/json'))).toBeUndefined();
    expect(await pages(get('/graphql', '*/*'))).toBeUndefined();
    expect(await pages(get('/graphql', browser, 'POST'))).toBeUndefined();
    expect(await pages(get('/'))).toBeUndefined();
  });

  test.each(['/graphql', '/graphiql'])('%s has no line of inline script, and the token in it cannot become one', async (path) => {
    const body = (await pages(get(path)))?.body ?? '';
    expect(body.match(/<script[^>]*>(?=[^<])/g)).toEqual(['<script type="application/json" id="start">']);
    const start = /id="start">([^<]*)<\/script>/.exec(body)?.[1] ?? '';
    expect(JSON.parse(start)).toMatchObject({ headers: { Authorization: 'Bearer demo.token</script><script>' } });
  });

  test('their policy lets each load and speak to what it needs alone, and lets nobody frame it', async () => {
    const policies = await Promise.all(['/graphql', '/graphiql'].map(async (path) => (await headersOf(path))['content-security-policy']?.split('; ')));
    for (const policy of policies) {
      expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "connect-src 'self'"]));
    }
    expect(policies[0]).toContain("script-src 'self' https://embeddable-sandbox.cdn.apollographql.com");
    expect(policies[0]).toContain('frame-src https://sandbox.embed.apollographql.com');
    expect(policies[1]).toContain("script-src 'self'");
    expect(policies[1]?.join('; ')).not.toContain('https:');
    expect(policies.flat().join('; ')).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  test('every file that a page names is there, with its type and not to be sniffed', async () => {
    const named = (await Promise.all(['/graphql', '/graphiql'].map(async (path) => [...((await pages(get(path)))?.body ?? '').matchAll(/(?:src|href)="(\/[^"]*)"/g)]))).flat().map(([, path]) => path ?? '');
    const workers = ['editor', 'json', 'graphql'].map((worker) => `/graphiql/${worker}.worker.js`);
    const client = '/graphiql/graphql-ws/client.js';
    const imported = [...((await pages(get(client)))?.body ?? '').matchAll(/from '\.\/([^']+)'/g)].map(([, file]) => `/graphiql/graphql-ws/${file ?? ''}`);
    expect([named.length, imported.length]).toEqual([6, 2]);
    for (const path of [...named, ...workers, client, ...imported]) {
      const type = path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
      expect({ path, ...(await headersOf(path)) }).toMatchObject({ path, 'content-type': type, 'x-content-type-options': 'nosniff' });
    }
  });

  test('no other file is', async () => {
    for (const path of ['package.json', 'graphql-ws/../../package.json', 'graphql-ws/common-/../../../package.json', 'graphql-ws/server.js', 'graphql-ws/common-none.js', '', '/']) {
      expect({ path, answer: await pages(get(`/graphiql/${path}`)) }).toEqual({ path, answer: undefined });
    }
  });
});
