import { isRefused, type Refusal, unavailable } from '../../shared/errors.ts';
import type { PageArguments } from '../../shared/paging.ts';
import { PeerUnavailable } from '../../shared/peer.ts';
import type { Context } from '../context.ts';
import type { Rights } from '../rights.ts';
import type { Order } from '../store/keyset.ts';
import type { Narrowing } from '../store/narrowing.ts';
import { type ContactFilter, readFilter } from './contactFilter.ts';
import { type ContactPage, listContacts } from './listContacts.ts';
import { noticesOf } from './notices.ts';

export type SidebarView = 'ALL' | 'OWNED_BY_ME' | 'ASSIGNED_TO_ME' | 'MY_TEAMS';

export type ViewContacts = Readonly<{ view: SidebarView; filter: ContactFilter; order: Order; page: PageArguments }>;

/** The list of contacts in one of the sidebar's views, always within `customers_view` (SPEC §3.1, TEAM-S02). */
export const viewContacts = async (context: Context, { view, filter, order, page }: ViewContacts): Promise<ContactPage | Refusal> => {
  // Teams are needed for MY_TEAMS at every level; the list is then judged by the very answer that they came with.
  const rights = await context.rights(view === 'MY_TEAMS');
  if (isRefused(rights)) return rights;
  const visibility = await context.visibilityFor('customers_customers_view');
  if (isRefused(visibility)) return visibility;
  const narrowing = readFilter(filter, context.phoneRegion);
  if (isRefused(narrowing)) return narrowing;
  const scope = await context.rights();
  const notices = noticesOf(isRefused(scope) || scope.fallbackMs === null ? rights : scope);
  const isSubtree = filter.includeDescendants === true && narrowing.teamId !== undefined;
  const filtered = isSubtree ? await withTeamsBelow(context, rights.person.companyId, narrowing) : narrowing;
  if (isRefused(filtered)) return filtered;
  const conditions = [filtered, ofView(view, rights)];
  // what is asked, not what it comes to: the tree may change between two pages
  const binding = ['contacts', view, narrowing, isSubtree];
  return listContacts(context, { binding, narrowing: conditions, order, page, visibility, notices });
};

/** The same narrowing, with the teams below its team; DEPENDENCY_UNAVAILABLE when they cannot be had, as part of a list would look like all of it. */
const withTeamsBelow = async (context: Context, companyId: string, { teamId = '', ...rest }: Narrowing): Promise<Narrowing | Refusal> => {
  try {
    return { ...rest, anyTeamOf: [teamId, ...(await context.teams.descendants(companyId, teamId))] };
  } catch (error) {
    if (error instanceof PeerUnavailable) return unavailable('The teams below filter.teamId could not be looked up. Try again in a moment, or without filter.includeDescendants.');
    throw error;
  }
};

const ofView = (view: SidebarView, { person, expandedTeamIds }: Rights): Narrowing => {
  switch (view) {
    case 'ALL':
      return {};
    case 'OWNED_BY_ME':
      return { ownerId: person.userId };
    case 'ASSIGNED_TO_ME':
      return { assigneeId: person.userId };
    case 'MY_TEAMS':
      return { anyTeamOf: expandedTeamIds };
    default:
      return view satisfies never;
  }
};
