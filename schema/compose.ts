import { composeServices } from '@apollo/composition';
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';

/** The subgraphs, in the order of the composed document. `events` is virtual: the gateway answers it from teams' feed. */
export const subgraphNames = ['teams', 'contacts', 'events'] as const;

/** The SDL of one subgraph, as written in this folder. */
export const subgraphSdl = (name: string): string => readFileSync(new URL(`./${name}.graphql`, import.meta.url), 'utf8');

/** The supergraph SDL of all subgraphs. @throws with every composition error when they do not fit together. */
export const composeSupergraph = (): string => {
  const result = composeServices(
    subgraphNames.map((name) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(subgraphSdl(name)) })),
  );
  if (result.errors !== undefined) {
    throw new Error(result.errors.map((error) => error.message).join('\n'));
  }
  return result.supergraphSdl;
};
