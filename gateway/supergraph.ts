import { readFileSync } from 'node:fs';
import type { DataSource } from './dataSource.ts';

/** Where the composed supergraph is that `npm run schema` makes. */
export const builtSupergraph = new URL('../schema/supergraph.graphql', import.meta.url);

/** Its text. */
export const supergraphSdl = (): string => readFileSync(builtSupergraph, 'utf8');

/** The virtual subgraph of subscriptions. */
export const eventsSdl = (): string => readFileSync(new URL('../schema/events.graphql', import.meta.url), 'utf8');

/** The data source of each subgraph, by its name. `events` is answered only for subscriptions, which do not come this way. */
export type DataSources = Readonly<Record<string, DataSource>>;

/** The data source of a service of a plan. */
export const sourceOf = (sources: DataSources, name: string): DataSource =>
  sources[name] ?? (() => Promise.reject(new Error(`${name} is not asked for queries`)));
