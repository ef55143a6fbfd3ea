import { BlockList, isIP } from 'node:net';

// 169.254.0.0/16 and what carries an address of it in IPv6: compatible, NAT64, 6to4. BlockList knows the mapped form by itself.
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addSubnet('::a9fe:0', 112, 'ipv6');
linkLocal.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
linkLocal.addSubnet('2002:a9fe::', 32, 'ipv6');
// where clouds answer with a machine's own credentials over IPv6
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

const nobody = new BlockList();
nobody.addSubnet('0.0.0.0', 8, 'ipv4');
nobody.addSubnet('224.0.0.0', 3, 'ipv4');
nobody.addAddress('::', 'ipv6');
nobody.addSubnet('ff00::', 8, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export type AddressRules = Readonly<{ allowLoopback: boolean }>;

/**
 * Why a squad may not be called at an IP address, or null. Link-local addresses, which answer with a machine's credentials, are never
 * called, nor those that are no single machine's. Loopback is for development only: in production it is this process's own machine.
 * Private addresses are allowed: squads live in the same private network, and their URLs come from the operator, never from a request.
 */
export const addressFault = (address: string, { allowLoopback }: AddressRules): string | null => {
  const [bare = ''] = address.split('%');
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(bare) === 0) return `${bare} is no address`;
  if (linkLocal.check(bare, family)) return `${bare} is a link-local address, which is never called`;
  if (nobody.check(bare, family)) return `${bare} is no machine's address`;
  if (!allowLoopback && loopback.check(bare, family)) return `${bare} is a loopback address, which is for development only`;
  return null;
};

/** The same for the host of a URL; null for a name, whose addresses are judged when it is connected to. */
export const hostFault = ({ hostname }: URL, rules: AddressRules): string | null => {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : addressFault(bare, rules);
};
