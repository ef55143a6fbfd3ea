import { test } from '@jest/globals';

/** For what only real servers have; such a test's name ends in `(real servers)`. In embedded mode it counts as skipped. */
export const realTest = process.env['TEST_KAFKA_BROKERS'] === undefined ? test.skip : test;
