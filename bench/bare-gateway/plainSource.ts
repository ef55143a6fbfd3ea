import { Pool } from 'undici';
import type { DataSource } from '../../gateway/dataSource.ts';
import type { FetchAnswer } from '../../gateway/plans/executePlan.ts';

export type PlainSource = Readonly<{ source: DataSource; close(): Promise<void> }>;

/** A subgraph at a URL, as everybody's: GraphQL over HTTP without signature. An answer in JSON counts whatever its status. */
export const plainSource = (url: URL): PlainSource => {
  const pool = new Pool(url.origin, { connections: 128, pipelining: 1, connect: { timeout: 2_000 } });
  return {
    source: async ({ body }, { deadline }) => {
      const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()));
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const answer = await pool.request({ method: 'POST', path: `${url.pathname}${url.search}`, headers, body, signal });
      return (await answer.body.json()) as FetchAnswer;
    },
    close: () => pool.destroy(),
  };
};
