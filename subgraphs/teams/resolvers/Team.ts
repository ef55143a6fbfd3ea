import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import { excerpt } from '../../shared/text.ts';
import type { TeamResolvers } from '../generated/schema.ts';
import { membersOf } from '../queries/people.ts';
import { teamsBelow } from '../queries/teamsBelow.ts';
import { toWire } from './wire.ts';

/** A team's fields. Who may read which is in shield.ts. */
export const Team: TeamResolvers = {
  __resolveReference: async ({ id }, { loaders }) => orThrow((await loaders.team.load(id)) ?? notFound(`There is no team ${excerpt(id)}.`)),
  parent: ({ parentId }, _, { loaders }) => (parentId === null ? null : loaders.team.load(parentId)),
  ancestors: async ({ id }, _, { loaders }) => (await loaders.lineage.load(id)).ancestors,
  depth: async ({ id }, _, { loaders }) => (await loaders.lineage.load(id)).path.length - 1,
  path: async ({ id }, _, { loaders }) => (await loaders.lineage.load(id)).path,
  children: async ({ id }, { first, after }, context) => orThrow(await teamsBelow(context, 'children', id, 1, { first, after: after ?? null })),
  descendants: async ({ id }, { depth, first, after }, context) =>
    orThrow(await teamsBelow(context, 'descendants', id, depth ?? null, { first, after: after ?? null })),
  source: ({ source }) => toWire(source),
  members: async ({ id }, { first, after }, context) => orThrow(await membersOf(context, id, { first, after: after ?? null })),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  updatedAt: ({ updatedAt }) => updatedAt.toISOString(),
};
