import { describe, expect, test } from '@jest/globals';
import { isOutage } from '../../../subgraphs/teams/store/outage.ts';

describe('an outage of Postgres', () => {
  test.each([
    ['a connection that broke off', new Error('Connection terminated unexpectedly')],
    ['one that is refused', Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })],
    ['Prisma on a server that went away', Object.assign(new Error('Server has closed the connection.'), { code: 'P1017' })],
    ['a raw query of Prisma, which keeps the reason inside', Object.assign(new Error('Raw query failed'), { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '57P01' } } } })],
    ['one on a connection that went silent', Object.assign(new Error('Raw query failed. Code: `N/A`. Message: `Operation has timed out`'), { code: 'P2010', meta: { driverAdapterError: { cause: { kind: 'SocketTimeout' } } } })],
  ])('is %s', (_what, error) => expect(isOutage(error)).toBe(true));

  test.each([
    ['a name that Postgres cannot store', Object.assign(new Error('Raw query failed'), { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '22021' } } } })],
    ['a team that is there already', Object.assign(new Error('Unique constraint failed'), { code: 'P2002' })],
    ['a transaction that took too long', Object.assign(new Error('Transaction already closed'), { code: 'P2028' })],
    ['a fault of ours', new TypeError('x is not a function')],
    ['nothing', undefined],
  ])('is not %s', (_what, error) => expect(isOutage(error)).toBe(false));
});
