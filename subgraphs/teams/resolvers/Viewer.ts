import { permissionActions } from '../../shared/access/permissions.ts';
import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import type { ViewerResolvers } from '../generated/schema.ts';
import { flagStates } from '../queries/flagStates.ts';
import { flagToWire, levelToWire } from './wire.ts';

/** What a signed-in person is told about themself. */
export const Viewer: ViewerResolvers = {
  user: async ({ userId }, _, { loaders }) => orThrow((await loaders.user.load(userId)) ?? notFound('This person is gone.')),
  company: async (_access, _, { company }) => orThrow((await company()) ?? notFound('This company is gone.')),
  teams: ({ userId }, _, { loaders }) => loaders.teamsOfUser.load(userId),
  expandedTeamIds: async (_access, _, { expanded }) => orThrow(await expanded()).expandedTeamIds,
  permissions: ({ levels }) => permissionActions.map((action) => levelToWire({ action, level: levels[action] })),
  flags: async ({ companyId }, _, { reader }) => orThrow(await flagStates(reader, companyId)).map(flagToWire),
};
