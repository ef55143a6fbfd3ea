import { describe, expect, test } from '@jest/globals';
import { MongoServerClosedError, MongoServerError } from 'mongodb';
import { connect } from 'node:net';
import { ConnectionBroken, within } from '../../../subgraphs/contacts/store/database.ts';
import { isOutage } from '../../../subgraphs/contacts/store/outage.ts';

/** As the system says it: nobody listens at port 1. */
const systemFault = (): Promise<never> => new Promise((_, reject) => void connect(1, '127.0.0.1').once('error', reject));

describe('an outage of MongoDB', () => {
  test('is a connection that broke, also where the driver hands on what the system said', async () => {
    const fault = await within(5_000, systemFault()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ConnectionBroken);
    expect(isOutage(fault)).toBe(true);
  });

  test('is a server that the driver has given up', () => {
    expect(isOutage(new MongoServerClosedError())).toBe(true);
  });

  test('is not what a server says of a command, nor a fault of ours', async () => {
    expect(isOutage(new MongoServerError({ message: 'duplicate key', code: 11_000 }))).toBe(false);
    await expect(within(5_000, Promise.reject(new TypeError('ours')))).rejects.toBeInstanceOf(TypeError);
    expect(isOutage(new TypeError('ours'))).toBe(false);
  });
});
