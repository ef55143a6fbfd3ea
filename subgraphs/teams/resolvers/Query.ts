import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import { excerpt } from '../../shared/text.ts';
import { teamMenu } from '../domain/rights.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import { auditLog } from '../queries/auditLog.ts';
import { companyTree } from '../queries/companyTree.ts';
import { flagStates } from '../queries/flagStates.ts';
import { people } from '../queries/people.ts';
import { permissionSettings } from '../queries/permissionSettings.ts';
import { teamList } from '../queries/teamList.ts';
import { flagToWire, sourceFromWire } from './wire.ts';

/** Everything to read but what belongs to the migration. */
export const Query: QueryResolvers = {
  me: async (_root, _, { access }) => orThrow(await access()),
  team: async (_root, { id }, { loaders }) => orThrow((await loaders.team.load(id)) ?? notFound(`There is no team ${excerpt(id)}.`)),
  teams: async (_root, { filter, sort, ...paging }, context) =>
    orThrow(
      await teamList(context, {
        paging,
        search: filter?.search ?? null,
        source: filter?.source == null ? null : sourceFromWire[filter.source],
        parentId: filter?.parentId ?? null,
        order: sort === 'CREATED' ? 'created' : 'name',
      }),
    ),
  companyTree: async (_root, _, context) => orThrow(await companyTree(context)),
  user: async (_root, { id }, { loaders }) => orThrow((await loaders.user.load(id)) ?? notFound(`There is no person ${excerpt(id)}.`)),
  users: async (_root, { search, first, after }, context) => orThrow(await people(context, search ?? null, { first, after: after ?? null })),
  teamMenuVisibility: async (_root, _, { access }) => teamMenu(orThrow(await access())),
  permissionSettings: async (_root, _, context) => orThrow(await permissionSettings(context)),
  flags: async (_root, { companySsoId }, { reader }) => orThrow(await flagStates(reader, companySsoId ?? null)).map(flagToWire),
  auditLog: async (_root, { filter, first, after }, context) =>
    orThrow(
      await auditLog(
        context,
        { kind: filter?.kind ?? null, actorId: filter?.actorId ?? null, from: filter?.from ?? null, to: filter?.to ?? null },
        { first, after: after ?? null },
      ),
    ),
};
