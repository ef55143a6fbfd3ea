import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { Refusal } from '../subgraphs/shared/errors.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { SignedIn } from './auth.ts';
import type { PeopleSockets } from './signedOut.ts';

/** How much one person or service may have open at this process. */
export type SessionLimits = Readonly<{
  /** Sockets of one person or service. */
  sockets: number;
  /** Subscriptions of one socket. */
  socketSubscriptions: number;
  /** Subscriptions of one person or service, over all their sockets. */
  subscriptions: number;
}>;

/** Who is signed in on a socket. */
export type Session = Readonly<{ viewer: Viewer; /** Subscriptions that are open or being opened. */ subscriptions: () => number }>;

/** Who is signed in on which socket, until its token expires. */
export type Sessions = Readonly<{
  /** Refused when one more is too many. */
  opened(socket: WebSocket, signedIn: SignedIn, subscriptions: () => number): Refusal | undefined;
  of(socket: WebSocket): Session | undefined;
  /** Whether the socket's newest subscription is one too many. */
  tooMany(session: Session): Refusal | undefined;
  closed(socket: WebSocket): void;
  people: PeopleSockets;
  counts(): Readonly<{ sockets: number; subscriptions: number }>;
}>;

const maxTimeoutMs = 2_147_000_000;

type Open = Session & { expiry?: NodeJS.Timeout };

/** Closes each socket with 4403 when its token expires. */
export const createSessions = (limits: SessionLimits, now: () => number): Sessions => {
  const sessions = new Map<WebSocket, Open>();
  const byViewer = new Map<string, Set<WebSocket>>();

  const closeOnExpiry = (socket: WebSocket, session: Open, expiresAt: number): void => {
    const left = expiresAt - now();
    if (left <= 0) socket.close(CloseCode.Forbidden, 'The token has expired.');
    else session.expiry = setTimeout(() => closeOnExpiry(socket, session, expiresAt), Math.min(left, maxTimeoutMs));
  };
  const socketsOf = (viewer: Viewer): readonly WebSocket[] => [...(byViewer.get(keyOf(viewer)) ?? [])];
  const subscriptionsOf = (viewer: Viewer): number => sum(socketsOf(viewer).map((socket) => sessions.get(socket)?.subscriptions() ?? 0));

  return {
    opened: (socket, { viewer, expiresAt }, subscriptions) => {
      const others = byViewer.get(keyOf(viewer)) ?? new Set();
      if (others.size >= limits.sockets) return tooMuch('sockets', limits.sockets);
      byViewer.set(keyOf(viewer), others.add(socket));
      const session: Open = { viewer, subscriptions };
      sessions.set(socket, session);
      closeOnExpiry(socket, session, expiresAt);
      return undefined;
    },
    of: (socket) => sessions.get(socket),
    tooMany: ({ viewer, subscriptions }) => {
      if (subscriptions() > limits.socketSubscriptions) return tooMuch('socketSubscriptions', limits.socketSubscriptions);
      return subscriptionsOf(viewer) > limits.subscriptions ? tooMuch('subscriptions', limits.subscriptions) : undefined;
    },
    closed: (socket) => {
      const session = sessions.get(socket);
      if (session === undefined) return;
      clearTimeout(session.expiry);
      sessions.delete(socket);
      const key = keyOf(session.viewer);
      const others = byViewer.get(key);
      others?.delete(socket);
      if (others?.size === 0) byViewer.delete(key);
    },
    people: {
      people: () => [...byViewer.values()].flatMap(([socket]) => {
        const viewer = socket && sessions.get(socket)?.viewer;
        return viewer?.kind === 'person' ? [viewer] : [];
      }),
      closeOf: ({ companyId, userId }, reason) => {
        for (const socket of byViewer.get(personKey(companyId, userId)) ?? []) socket.close(CloseCode.Forbidden, reason);
      },
    },
    counts: () => ({ sockets: sessions.size, subscriptions: sum([...sessions.values()].map((session) => session.subscriptions())) }),
  };
};

const words: Record<keyof SessionLimits, (max: number) => string> = {
  sockets: (max) => `One person or service may have at most ${String(max)} sockets open.`,
  socketSubscriptions: (max) => `A socket carries at most ${String(max)} subscriptions.`,
  subscriptions: (max) => `One person or service may have at most ${String(max)} subscriptions open.`,
};

const tooMuch = (name: keyof SessionLimits, max: number): Refusal => new Refusal('RATE_LIMITED', words[name](max), { limit: { name, max } });

const keyOf = (viewer: Viewer): string => (viewer.kind === 'person' ? personKey(viewer.companyId, viewer.userId) : `service ${viewer.id}`);
const personKey = (companyId: string, userId: string): string => `person ${companyId} ${userId}`;
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
