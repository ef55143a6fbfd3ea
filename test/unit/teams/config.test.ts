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
});
