import { createHash, createHmac } from 'node:crypto';
import { type CallClaims, type CallToSign, signCall } from '../../../subgraphs/shared/calls.ts';
import { callHeader } from '../../../subgraphs/shared/peer.ts';
import type { Viewer } from '../../../subgraphs/shared/viewer.ts';
import type { HostileWorld } from './world.ts';

/** An answer at a subgraph's own port. */
export type DoorReply = Readonly<{ status: number; text: string; value: unknown }>;

/** Knocks at a subgraph's own port, as whoever reaches it in the network can. */
export const knock = async (url: string, operation: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<DoorReply> => {
  const answer = await fetch(`${url}/internal/${operation}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const text = await answer.text();
  return { status: answer.status, text, value: JSON.parse(text) as unknown };
};

/** What is signed unless said otherwise: the gateway asks teams for the system. */
export const callOf = (body: string, rest: Partial<CallToSign> = {}): CallToSign => ({
  caller: 'gateway',
  audience: 'teams',
  operation: 'graphql',
  viewer: null,
  deadline: Date.now() + 20_000,
  correlationId: 'hostile',
  body,
  ...rest,
});

/** A good call of one of our own parts. */
export const call = (world: HostileWorld, given: CallToSign): Promise<DoorReply> =>
  knock(given.audience === 'contacts' ? world.contactsUrl : world.teamsUrl, given.operation, given.body, { [callHeader]: signCall(world.keys, given, Date.now()) });

/** A question in GraphQL to a subgraph for somebody, signed as the gateway's. */
export const askSubgraph = (world: HostileWorld, audience: 'teams' | 'contacts', viewer: Viewer | null, query: string, variables: object = {}): Promise<DoorReply> =>
  call(world, callOf(JSON.stringify({ query, variables }), { audience, viewer }));

/** A token with claims that `signCall` would never make, with a good signature all the same. */
export const signClaims = (key: string, body: string, claims: Partial<CallClaims>): string => {
  const { body: _body, ...call } = callOf(body);
  const whole: CallClaims = { ...call, bodyHash: createHash('sha256').update(body).digest('base64url'), issuedAt: Date.now(), expiresAt: Date.now() + 30_000, ...claims };
  const payload = Buffer.from(JSON.stringify(whole)).toString('base64url');
  return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`;
};
