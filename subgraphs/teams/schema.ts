import { readFileSync } from 'node:fs';
import { type DocumentNode, parse } from 'graphql';

/** The subgraph's part of the wire, as it is agreed in `schema/teams.graphql`. */
export const readTypeDefs = (): DocumentNode => parse(readFileSync(new URL('../../schema/teams.graphql', import.meta.url), 'utf8'));
