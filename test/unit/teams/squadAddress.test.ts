import { describe, expect, test } from '@jest/globals';
import { addressFault, hostFault } from '../../../subgraphs/teams/jobs/squadAddress.ts';

describe('the address of a squad', () => {
  test.each(['169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1', 'fe80::1%eth0', '::ffff:169.254.169.254', '::a9fe:a9fe', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', 'fd00:ec2::254'])(
    'HOSTILE 56: %s is link-local and never called',
    (address) => {
      for (const allowLoopback of [true, false]) expect(addressFault(address, { allowLoopback })).toMatch(/link-local/);
    },
  );

  test.each(['0.0.0.0', '::', '224.0.0.1', '255.255.255.255', 'ff02::1', 'a-name'])('%s is nobody', (address) => {
    expect(addressFault(address, { allowLoopback: true })).not.toBeNull();
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s is for development only', (address) => {
    expect(addressFault(address, { allowLoopback: true })).toBeNull();
    expect(addressFault(address, { allowLoopback: false })).toMatch(/loopback/);
  });

  test.each(['10.0.0.1', '172.16.0.1', '192.168.1.1', 'fd12::1', '8.8.8.8', '2001:db8::1'])('%s, private or public, is where a squad may be', (address) => {
    expect(addressFault(address, { allowLoopback: false })).toBeNull();
  });

  test('in a URL is judged however it is written; a name is judged when it is connected to', () => {
    for (const host of ['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518', '[fe80::1]', '[::ffff:a9fe:a9fe]']) {
      expect(hostFault(new URL(`http://${host}/`), { allowLoopback: true })).toMatch(/link-local/);
    }
    expect(hostFault(new URL('https://chat.example.com/'), { allowLoopback: false })).toBeNull();
  });
});
