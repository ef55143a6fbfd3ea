import { test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';

/** A Chromium that `npm run test:browser` has found. */
const executablePath = process.env['TEST_CHROMIUM'] ?? '';

/** For what needs a browser; counted as skipped in every other run. */
export const browserTest = executablePath === '' ? test.skip : test;

export const hasBrowser = executablePath !== '';

/** Starts it. Its own sandbox needs rights that a container seldom gives; it opens pages of the test alone. */
export const startBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args: ['--no-sandbox'] });

/** A page of its own profile, and what it complained of: faults of scripts, and what its policy refused. */
export const openPage = async (browser: Browser): Promise<Readonly<{ page: Page; complaints: readonly string[] }>> => {
  const page = await (await browser.newContext()).newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
};
