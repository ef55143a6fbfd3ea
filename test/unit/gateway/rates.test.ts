import { describe, expect, test } from '@jest/globals';
import { costOfRequest, createRates, type Rate, requestsOf } from '../../../gateway/rates.ts';
import { isRefused } from '../../../subgraphs/shared/errors.ts';
import type { Viewer } from '../../../subgraphs/shared/viewer.ts';
import { testId } from '../../support/tokens.ts';

const person = (user: number, company: number): Viewer => ({ kind: 'person', userId: testId(user), companyId: testId(company), platform: 'web' });
const service = (id: string): Viewer => ({ kind: 'service', id, scopes: ['teams:migrate:chat'], platform: 'web' });
const refusals = async (rate: Rate, viewer: Viewer, times: number): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: times }, () => rate(viewer)));
  return answers.filter(isRefused).length;
};

describe('requests a minute (SPEC §4)', () => {
  test('are counted per person, and the refusal says which limit it is and when to come back', async () => {
    const rate = createRates({ person: 5, company: 100, service: 100 });
    expect(await refusals(rate, person(1, 9), 5)).toBe(0);
    const refusal = await rate(person(1, 9));
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', details: { limit: { name: 'requests per person', max: 5, windowSeconds: 60 }, messages: { en: expect.any(String), id: expect.any(String) } } });
    expect(refusal?.details.retryAfterSeconds).toBeGreaterThan(0);
    expect(refusal?.details.retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(await rate(person(2, 9))).toBeUndefined();
    expect(await rate(person(1, 8))).toBeUndefined();
  });

  test('per company, over all of its people, whose refused requests do not count for it', async () => {
    const rate = createRates({ person: 5, company: 12, service: 100 });
    expect(await refusals(rate, person(1, 9), 50)).toBe(45);
    expect(await refusals(rate, person(2, 9), 5)).toBe(0);
    expect(await refusals(rate, person(3, 9), 2)).toBe(0);
    expect(await rate(person(3, 9))).toMatchObject({ code: 'RATE_LIMITED', details: { limit: { name: 'requests per company', max: 12 } } });
    expect(await rate(person(3, 8))).toBeUndefined();
  });

  test('per service, apart from people', async () => {
    const rate = createRates({ person: 1, company: 1, service: 3 });
    expect(await refusals(rate, service('chat'), 3)).toBe(0);
    expect(await rate(service('chat'))).toMatchObject({ code: 'RATE_LIMITED', details: { limit: { name: 'requests per service', max: 3 } } });
    expect(await rate(service('crm'))).toBeUndefined();
  });

  test('a costly operation counts as several', async () => {
    expect([0, 1, costOfRequest, costOfRequest + 1, 25_000].map(requestsOf)).toEqual([1, 1, 1, 2, 10]);
    const rate = createRates({ person: 10, company: 100, service: 100 });
    expect(await rate(person(1, 9), 10)).toBeUndefined();
    expect(await rate(person(1, 9))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('of a squad admit 20 pushes at once and many after one another, as they stand', async () => {
    const rate = createRates();
    expect(await refusals(rate, service('chat'), 20)).toBe(0);
    expect(await refusals(rate, service('chat'), 5_000)).toBe(0);
  });
});
