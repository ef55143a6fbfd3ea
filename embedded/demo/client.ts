import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

export type Answer<Data> = Readonly<{
  data: Data | null;
  errors?: readonly Readonly<{ message: string; path?: readonly (string | number)[]; extensions: Readonly<{ code: string }> }>[];
}>;

/** A caller of the supergraph with one token. */
export type Client = Readonly<{
  ask<Data>(query: string, variables?: object): Promise<Answer<Data>>;
  /** Calls back with each answer until stopped; resolves when the socket is open. */
  subscribe<Data>(query: string, onAnswer: (answer: Answer<Data>) => void): Promise<() => void>;
}>;

const limitMs = 10_000;

/** Speaks to `<url>` (`http://host:port/graphql`) over HTTP, and over WebSocket at the same path. */
export const connect = (url: string, token: string): Client => ({
  ask: async <Data>(query: string, variables: object = {}) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(limitMs),
    });
    return (await answer.json()) as Answer<Data>;
  },
  subscribe: <Data>(query: string, onAnswer: (answer: Answer<Data>) => void) => {
    const socket = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      // what ends the socket ends the subscription, which is told of it
      onNonLazyError: () => undefined,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`No WebSocket at ${url} within ${String(limitMs)} ms`)), limitMs);
      socket.on('connected', () => {
        clearTimeout(late);
        resolve(() => void socket.dispose());
      });
      socket.subscribe<Data>(
        { query },
        { next: (answer) => onAnswer(answer as unknown as Answer<Data>), error: reject, complete: () => undefined },
      );
    });
  },
});
