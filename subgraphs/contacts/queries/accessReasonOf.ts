import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import { type AccessReason, accessReason, pathToViewer } from '../domain/accessReason.ts';
import type { Contact } from '../domain/contact.ts';

/** Why the viewer may see a contact. With the flag off no teams are resolved for it (SPEC §3.1). */
export const accessReasonOf = async (context: Context, contact: Contact): Promise<AccessReason | Refusal> => {
  const visibility = await context.visibilityFor('customers_customers_view');
  if (isRefused(visibility)) return visibility;
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  const { userId: viewerId } = rights.person;
  const seesEverything = visibility.reach.kind === 'everything';
  const needsTeams = seesEverything && rights.teamFlag === true && contact.teamOwnerIds.length > 0;
  const withTeams = needsTeams ? await context.rights(true) : rights;
  if (isRefused(withTeams)) return withTeams;
  const { teamIds, expandedTeamIds } = rights.teamFlag === true ? withTeams : { teamIds: [], expandedTeamIds: [] };
  return accessReason({ viewerId, teamIds, expandedTeamIds }, contact);
};

/** For TEAM: ids from the viewer's team down to the team owner. @throws PeerUnavailable */
export const pathOf = async (context: Context, reason: AccessReason): Promise<readonly string[] | Refusal> => {
  if (reason.kind !== 'TEAM') return [];
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  const lines = new Map(await Promise.all(reason.teamOwnerIds.map(async (id) => [id, await context.ancestors(id)] as const)));
  return pathToViewer(rights.teamIds, reason.teamOwnerIds, (id) => lines.get(id) ?? []);
};
