import { orThrow } from '../../shared/edge.ts';
import type { QueryResolvers, TeamPermissionImpactResolvers, UserImpactConnectionResolvers, UserImpactResolvers } from '../generated/schema.ts';
import { sampleOfLosses, teamPermissionImpact, usersImpact } from '../queries/teamPermissionImpact.ts';
import { userReference } from '../references.ts';

/** The root field of what switching the flag on would change (CDP/CHG-005). */
export const impactQueries: Required<Pick<QueryResolvers, 'teamPermissionImpact'>> = {
  teamPermissionImpact: async (_, { companySsoId }, context) => orThrow(await teamPermissionImpact(context, companySsoId)),
};

export const TeamPermissionImpact: TeamPermissionImpactResolvers = {
  users: async (impact, page, context) => orThrow(await usersImpact(context, impact, page)),
};

export const UserImpactConnection: UserImpactConnectionResolvers = {
  nodes: ({ nodes }) => [...nodes],
  totalCount: async ({ total }) => orThrow(await total()),
};

export const UserImpact: UserImpactResolvers = {
  user: ({ userId }) => userReference(userId),
  today: ({ today, looking }) => looking.count(today),
  after: ({ after, looking }) => looking.count(after),
  losesSample: async (impact, _, context) => [...orThrow(await sampleOfLosses(context, impact))],
};
