import type { Filter } from 'mongodb';
import type { Visibility } from '../../shared/access/scope.ts';
import { viewerTokens } from '../../shared/access/scopeTokens.ts';
import type { ContactDocument } from './documents.ts';
import type { TreeStore } from './trees.ts';

type ContactFilter = Filter<ContactDocument>;

/**
 * What level team is read from: the tokens that contacts carry, or, slower and always right, their team owners and the
 * viewer's expanded teams.
 */
export type ScopeForm = 'tokens' | 'team owners';

/** Tokens while all of the company's follow the tree that the viewer's teams are from; else team owners. */
export const formFor = async (trees: Pick<TreeStore, 'isSettled'>, { companyId, reach }: Visibility, waitMs: number): Promise<ScopeForm> =>
  reach.kind === 'team' && (await trees.isSettled(companyId, reach.treeVersion, waitMs)) ? 'tokens' : 'team owners';

/**
 * The list form of `canSee`: the contacts that a viewer sees, as a filter (SPEC §3.1). All of them agree on every
 * contact, which generated tests hold them to. Company and deletion are always part of it.
 */
export const scopeFilter = ({ companyId, reach }: Visibility, form: ScopeForm): ContactFilter => {
  const inCompany = { company_sso_id: companyId, is_deleted: false };
  switch (reach.kind) {
    case 'nothing':
      // No document has an _id in an empty list: a filter that is told to match nothing cannot match by mistake.
      return { ...inCompany, _id: { $in: [] } };
    case 'own':
      return { ...inCompany, $or: own(reach.viewerId) };
    case 'team':
      if (form === 'tokens') return { ...inCompany, scope_tokens: { $in: viewerTokens(reach) ?? [] } };
      return { ...inCompany, $or: [...own(reach.viewerId), ...ofTeams(reach.expandedTeamIds)] };
    case 'everything':
      return inCompany;
    default:
      return reach satisfies never;
  }
};

const own = (viewerId: string): ContactFilter[] => [{ owner_id: viewerId }, { assignee_id: viewerId }];

const ofTeams = (expanded: ReadonlySet<string>): ContactFilter[] => [
  { ...unassigned, ...notPending },
  { team_owner_ids: { $in: [...expanded] }, ...notPending },
];

/** No team owner: missing, null or an empty list. */
export const unassigned: ContactFilter = { team_owner_ids: { $in: [null, []] } };

/** At least one team owner. */
export const assigned: ContactFilter = { team_owner_ids: { $nin: [null, []] } };

/** Missing and null count as not pending. */
const notPending: ContactFilter = { team_owners_pending: { $in: [false, null] } };

/**
 * What a visibility does not see, with a condition beside it that index 032 serves: such a contact has a team owner that is none of the
 * viewer's. (Contacts of their own teams that are only pending are therefore not among them.) For samples, never for a judgement.
 */
export const lostTo = (visibility: Visibility): ContactFilter[] => {
  const { reach } = visibility;
  // only within `$elemMatch` do the two bound the index together; texts start after ''
  const elsewhere = reach.kind === 'team' ? [{ team_owner_ids: { $elemMatch: { $gt: '', $nin: [...reach.expandedTeamIds] } } } as ContactFilter] : [];
  return [...elsewhere, { $nor: [scopeFilter(visibility, 'team owners')] }];
};
