import { describe, expect, test } from '@jest/globals';
import { readContactsConfig } from '../../../subgraphs/contacts/config.ts';
import { pathToViewer } from '../../../subgraphs/contacts/domain/accessReason.ts';
import { toEmail } from '../../../subgraphs/contacts/domain/email.ts';
import { nameKey } from '../../../subgraphs/shared/text.ts';
import { toE164, toE164Start } from '../../../subgraphs/contacts/domain/phone.ts';
import { makeObjectId, readObjectId } from '../../../subgraphs/contacts/store/ids.ts';
import { narrowingConditions } from '../../../subgraphs/contacts/store/narrowing.ts';

test.each([
  ['+62 812-3456.7890', '+6281234567890'], ['(0812) 3456 7890', '+6281234567890'], ['+14155550100', '+14155550100'],
  ['812345678', undefined], ['+0812345678', undefined], ['+1234567', undefined], ['+1234567890123456', undefined], ['', undefined], ['+62８１２３４５６７', undefined],
])('the phone %j is %j in E.164', (given, wanted) => expect(toE164(given, 'ID')).toBe(wanted));

test('the start of a phone number is one of E.164', () => {
  expect([toE164Start('08', 'ID'), toE164Start('+62', 'ID'), toE164Start('62', 'ID'), toE164Start('.*', 'ID')]).toEqual(['+628', '+62', undefined, undefined]);
});

test.each([['Budi@Example.COM', 'budi@example.com'], ['a@b@c', undefined], ['a b@c', undefined], ['@c', undefined], ['a@', undefined], [`${'a'.repeat(253)}@b`, undefined]])(
  'the email %j is %j',
  (given, wanted) => expect(toEmail(given)).toBe(wanted),
);

test('names in another normal form or case have one key', () => {
  expect(new Set(['Café', 'Cafe\u0301', 'CAFÉ', 'ｃａｆé'].map(nameKey)).size).toBe(1);
});

test('only 24 lower-case hexadecimal digits are an id', () => {
  for (const id of ['a'.repeat(24).toUpperCase(), 'a'.repeat(23), '', 'a'.repeat(12), 7, null, undefined, { $ne: null }, ['a'.repeat(24)]]) expect(readObjectId(id)).toBeUndefined();
  expect(readObjectId('a'.repeat(24))?.toHexString()).toBe('a'.repeat(24));
  expect(makeObjectId(1_700_000_000_000, '11111111-2222-4333-8444-555555555555').getTimestamp().getTime()).toBe(1_700_000_000_000);
});

test('a prefix is anchored and taken literally', () => {
  expect(narrowingConditions({ namePrefix: '(a+)+$.*[x]\\^|{1}' })).toEqual([{ name_key: { $regex: '^\\(a\\+\\)\\+\\$\\.\\*\\[x\\]\\\\\\^\\|\\{1\\}' } }]);
});

test('the way from the viewer’s team is the shortest one, from the nearest of their teams', () => {
  const lines: Record<string, string[]> = { d: ['a', 'b', 'c'], e: ['a'], x: [] };
  const ancestorsOf = (id: string): readonly string[] => lines[id] ?? [];
  expect(pathToViewer(['a', 'b'], ['d'], ancestorsOf)).toEqual(['b', 'c', 'd']);
  expect(pathToViewer(['a', 'b'], ['d', 'e'], ancestorsOf)).toEqual(['a', 'e']);
  expect(pathToViewer(['d'], ['d'], ancestorsOf)).toEqual(['d']);
  expect(pathToViewer(['a'], ['x'], ancestorsOf)).toEqual(['x']);
});

describe('the configuration', () => {
  const good = { INTERNAL_SIGNING_KEYS: 'k'.repeat(32), MONGODB_URL: 'mongodb://127.0.0.1:27017' };

  test('has defaults, and the signing keys seal cursors where nothing else is given', () => {
    expect(readContactsConfig(good)).toMatchObject({ host: '127.0.0.1', port: 4002, logLevel: 'info', phoneRegion: 'ID', mongoDatabase: 'one_team', cursorSecrets: ['k'.repeat(32)] });
    expect(Object.isFrozen(readContactsConfig(good))).toBe(true);
  });

  test('names every fault at once, and never a secret', () => {
    const bad = { INTERNAL_SIGNING_KEYS: 'tiny-secret', MONGODB_URL: 'postgres://user:hush@host', PORT: '70000', DEFAULT_PHONE_REGION: 'XX', TEAMS_URL: 'nowhere' };
    const read = (): unknown => readContactsConfig(bad);
    for (const part of ['INTERNAL_SIGNING_KEYS', 'MONGODB_URL', 'PORT is "70000"', 'DEFAULT_PHONE_REGION is "XX"', 'TEAMS_URL is "nowhere"']) expect(read).toThrow(part);
    expect(read).not.toThrow(/tiny-secret|hush/);
    expect(() => readContactsConfig({})).toThrow(/INTERNAL_SIGNING_KEYS is missing: must be set\n +MONGODB_URL is missing: must be set/);
  });
});
