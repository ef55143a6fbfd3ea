import { describe, expect, test } from '@jest/globals';
import { readTeamsConfig } from '../../../subgraphs/teams/config.ts';

const key = 'k'.repeat(32);
const least = { INTERNAL_SIGNING_KEYS: key, DATABASE_URL: 'postgres://a:secret@h/d' };

describe('the configuration of teams', () => {
  test('has defaults and is frozen', () => {
    const config = readTeamsConfig(least);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 4001, poolSize: 10, kafka: null, keys: [key], cursorSecrets: [key], logLevel: 'info', isProduction: false });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('reads several keys and brokers', () => {
    const config = readTeamsConfig({ ...least, INTERNAL_SIGNING_KEYS: `${key}1, ${key}2`, KAFKA_BROKERS: 'a:9092, b:9092', KAFKA_TOPIC_PREFIX: 'x.' });
    expect(config).toMatchObject({ keys: [`${key}1`, `${key}2`], kafka: { brokers: ['a:9092', 'b:9092'], topicPrefix: 'x.' } });
  });

  test('names all faults at once, and no secret', () => {
    const read = () => readTeamsConfig({ INTERNAL_SIGNING_KEYS: 'short-secret', DATABASE_URL: 'mysql://u:hunter2@h', PORT: '70000', DATABASE_POOL: 'many', KAFKA_BROKERS: 'nowhere' });
    expect(read).toThrow(/INTERNAL_SIGNING_KEYS: must be/);
    expect(read).toThrow(/DATABASE_URL: must start with/);
    expect(read).toThrow(/PORT is "70000": must be a whole number from 0 to 65535/);
    expect(read).toThrow(/DATABASE_POOL is "many"/);
    expect(read).toThrow(/KAFKA_BROKERS is "nowhere"/);
    expect(read).not.toThrow(/short-secret|hunter2/);
    expect(() => readTeamsConfig({})).toThrow(/INTERNAL_SIGNING_KEYS is missing[^]*DATABASE_URL is missing/);
  });

  describe('of the squads (OTM-S05)', () => {
    const both = { CHAT_TRIGGER_URL: 'https://chat.example.com/migrate?a=b', CHAT_TRIGGER_TOKEN: 'hunter2' };
    const faultOf = (variables: Readonly<Record<string, string>>): string => {
      try {
        readTeamsConfig({ ...least, ...variables });
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
      return '';
    };

    test('has none by default, and one with its URL and token', () => {
      expect(readTeamsConfig(least).squads).toEqual({ chat: null, crm: null });
      expect(readTeamsConfig({ ...least, ...both }).squads).toEqual({ chat: { url: new URL(both.CHAT_TRIGGER_URL), token: 'hunter2' }, crm: null });
    });

    test.each([
      ['ftp://chat.example.com/', /CHAT_TRIGGER_URL: must be an http or https URL/],
      ['nonsense', /CHAT_TRIGGER_URL: must be an http or https URL/],
      ['http://169.254.169.254/latest', /CHAT_TRIGGER_URL: must be on an address that may be called; 169\.254\.169\.254 is a link-local address/],
      ['http://2852039166/', /169\.254\.169\.254 is a link-local address/],
      ['http://[fe80::1]/', /fe80::1 is a link-local address/],
      ['http://user:hunter2@chat.example.com/', /must have no user and password in it/],
    ])('HOSTILE 56: refuses the URL %s, without repeating a secret', (url, expected) => {
      expect(faultOf({ ...both, CHAT_TRIGGER_URL: url })).toMatch(expected);
      expect(faultOf({ ...both, CHAT_TRIGGER_URL: url })).not.toMatch(/hunter2/);
    });

    test('refuses a token that is no bearer token, a URL without token and a token without URL, all at once with other faults', () => {
      const fault = faultOf({ CHAT_TRIGGER_URL: both.CHAT_TRIGGER_URL, CRM_TRIGGER_TOKEN: 'hunter2\r\nx: y', PORT: '-1' });
      expect(fault).toMatch(/CHAT_TRIGGER_TOKEN is missing: must be set with CHAT_TRIGGER_URL/);
      expect(fault).toMatch(/CRM_TRIGGER_TOKEN: must be a bearer token/);
      expect(fault).toMatch(/CRM_TRIGGER_URL is missing: must be set with CRM_TRIGGER_TOKEN/);
      expect(fault).toMatch(/PORT is "-1"/);
      expect(fault).not.toMatch(/hunter2/);
    });

    test('refuses loopback in production only', () => {
      const loopback = { ...both, CHAT_TRIGGER_URL: 'http://127.0.0.1:9000/' };
      expect(faultOf(loopback)).toBe('');
      expect(faultOf({ ...loopback, NODE_ENV: 'production' })).toMatch(/CHAT_TRIGGER_URL: must not be on a loopback address in production/);
      expect(faultOf({ ...both, NODE_ENV: 'production' })).toBe('');
    });
  });
});
