import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import { excerpt } from '../../shared/text.ts';
import type { UserResolvers } from '../generated/schema.ts';

/** A person's fields. Who may read which is in shield.ts. */
export const User: UserResolvers = {
  __resolveReference: async ({ id }, { loaders }) => orThrow((await loaders.user.load(id)) ?? notFound(`There is no person ${excerpt(id)}.`)),
  teams: ({ id }, _, { loaders }) => loaders.teamsOfUser.load(id),
};
