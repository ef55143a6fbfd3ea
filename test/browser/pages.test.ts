import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { demoCompanies } from '../../embedded/demo/data.ts';
import { createPages } from '../../gateway/pages/pages.ts';
import { sandboxFrame, sandboxScript } from '../../gateway/pages/sandboxPage.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { listen, type Listening } from '../../subgraphs/shared/server.ts';
import { browserTest, hasBrowser, openPage, startBrowser } from '../support/browser.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

let system: TestSystem;
let browser: Browser;
/** The pages alone, with a Sandbox that is given up soon. */
let pages: Listening;

beforeAll(async () => {
  if (!hasBrowser) return;
  const handler = createPages({ token: 'demo-token', patienceMs: 1_000 });
  [browser, system, pages] = await Promise.all([
    startBrowser(),
    startSystem('one process'),
    listen({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_024, logger: createLogger({ name: 'pages', level: 'silent' }), handler }),
  ]);
});
afterAll(async () => {
  if (hasBrowser) await Promise.all([browser.close().then(() => pages.close()), system.close()]);
});

/** No page of these tests has a way to the outside, but for what a test answers itself. */
const withoutInternet = (page: Page): Promise<unknown> => page.route('https://**', (route) => route.abort());

const run = (page: Page): Promise<void> => page.locator('.graphiql-execute-button').click({ timeout: 60_000 });
const answerOf = (page: Page) => page.locator('.result-window');
const appears = (page: Page, text: string): Promise<void> => answerOf(page).getByText(text).first().waitFor({ timeout: 30_000 });
const graphiqlAt = (query?: string): string => {
  const url = new URL('/graphiql', system.url);
  if (query !== undefined) url.searchParams.set('query', query);
  return url.href;
};

describe('GraphiQL against the embedded mode, in a browser', () => {
  browserTest('answers the first query with the demo token that stands in its headers; everything comes from this server and nothing breaks the policy', async () => {
    const { page, complaints } = await openPage(browser);
    await withoutInternet(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(graphiqlAt());
    await run(page);
    await appears(page, '"Product Management"');
    expect(await page.locator('.graphiql-editor-tool').innerText()).toContain('Bearer');
    expect(asked.filter((url) => !url.startsWith(new URL('/', system.url).href) && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  browserTest('knows the schema by introspection, and its checks run in workers: a field that is not there is marked', async () => {
    const { page } = await openPage(browser);
    await page.goto(graphiqlAt('{ me { nonsense } }'));
    await page.locator('.graphiql-query-editor .squiggly-error').first().waitFor({ state: 'attached', timeout: 60_000 });
    expect(page.workers().length).toBeGreaterThan(0);
  });

  browserTest('opened again, it still has the token, and the operation that is in its address', async () => {
    const { page } = await openPage(browser);
    await page.goto(graphiqlAt('{ me { role } }'));
    await run(page);
    await appears(page, '"AGENT"');
    await page.reload();
    await run(page);
    await appears(page, '"AGENT"');
    expect(await page.getByRole('tab', { name: 'untitled' }).count()).toBeLessThanOrEqual(1);
  });

  browserTest('subscribes over WebSocket with the token of its headers: what is refused is told; what happens is shown to an owner', async () => {
    const { page } = await openPage(browser);
    await page.goto(graphiqlAt('subscription { teamMigrated { teamName } }'));
    await run(page);
    await appears(page, 'Events of a company are for its OWNER and ADMIN.');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const headers = JSON.stringify({ Authorization: `Bearer ${system.token('olivia')}` });
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(headers)})`);
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
    for (const keys of ['Control+A', 'Delete', 'Control+V']) await page.keyboard.press(keys);
    await run(page);
    let pushed = 0;
    // the first may come before the subscription stands
    await until(async () => {
      await push((pushed += 1));
      return answerOf(page).getByText('Chat - Night Shift').first().waitFor({ timeout: 1_000 }).then(() => true, () => false);
    });
  });
});

const [company] = demoCompanies;

const push = async (number: number): Promise<void> => {
  const item = `{ companySsoId: "${company.id}", appIdentifierId: "9${String(number)}", name: "Night Shift ${String(number)}" }`;
  const { data, errors } = await system.as('chat').ask<{ migrateTeam: { outcome: string } }>(`mutation { migrateTeam(input: { app: CHAT, item: ${item} }) { outcome } }`);
  expect({ data, errors }).toMatchObject({ data: { migrateTeam: { outcome: 'CREATED' } } });
};

describe('Apollo Sandbox, in a browser', () => {
  const sandboxAt = (search = ''): string => `${pages.url}/graphql${search}`;
  const becomesGraphiql = (page: Page): Promise<void> => page.waitForURL((url) => url.pathname === '/graphiql', { timeout: 30_000 });
  const script = `EmbeddedSandbox = class { constructor(options) {
    const frame = document.createElement('iframe'); frame.src = '${sandboxFrame}/'; document.querySelector(options.target).append(frame);
    document.title = JSON.stringify(options);
  } }`;

  browserTest('is given this endpoint and the demo token as header, and stays once it has spoken', async () => {
    const { page, complaints } = await openPage(browser);
    await page.route(sandboxScript, (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    await page.route(`${sandboxFrame}/**`, (route) => route.fulfill({ contentType: 'text/html', body: `<script>parent.postMessage({ name: 'Handshake' }, '*')</script>` }));
    const spoken = page.waitForEvent('frameattached');
    await page.goto(sandboxAt());
    await (await spoken).waitForURL(`${sandboxFrame}/`);
    const options = JSON.parse(await page.title()) as { initialEndpoint: string; initialState: object };
    expect(options).toMatchObject({ initialEndpoint: `${pages.url}/graphql`, runTelemetry: false, initialState: { sharedHeaders: { Authorization: 'Bearer demo-token' } } });
    // past the patience of the page
    await page.waitForTimeout(1_500);
    expect(new URL(page.url()).pathname).toBe('/graphql');
    expect(complaints).toEqual([]);
  });

  browserTest('goes on to GraphiQL, with the operation of its address, where its script cannot be had', async () => {
    const { page } = await openPage(browser);
    await withoutInternet(page);
    await page.goto(sandboxAt('?query=%7B%20me%20%7B%20role%20%7D%20%7D'));
    await becomesGraphiql(page);
    await page.locator('.graphiql-query-editor').getByText('role').first().waitFor({ timeout: 60_000 });
  });

  browserTest.each(['the script never comes', 'the script is not Sandbox', 'the frame never speaks'])('goes on to GraphiQL when %s', async (what) => {
    const { page } = await openPage(browser);
    await page.route('https://**', (route) => {
      if (what === 'the script never comes' || route.request().url() !== sandboxScript) return new Promise<void>(() => undefined);
      return route.fulfill({ contentType: 'text/javascript', body: what === 'the frame never speaks' ? script : '1' });
    });
    await page.goto(sandboxAt(), { waitUntil: 'commit' });
    await becomesGraphiql(page);
  });
});
