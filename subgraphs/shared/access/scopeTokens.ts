import type { Reach, ScopedContact } from './scope.ts';

/** What the tokens of a contact are made from. */
export type TokenedContact = Pick<ScopedContact, 'ownerId' | 'assigneeId' | 'teamOwnerIds' | 'teamOwnersPending'>;

/** The token of contacts that have no team owner, and none pending. */
export const unassignedToken = 'unassigned';
/** Of contacts whose team owners are pending: what lists of the unusual cases are found by. No viewer ever has it. */
export const pendingToken = 'pending';

export const personToken = (userId: string): string => `u:${userId}`;
export const teamToken = (teamId: string): string => `t:${teamId}`;
/** Of a contact that is pending and someone's: likewise for lists only. */
export const pendingOfToken = (userId: string): string => `p:${userId}`;

/**
 * The tokens of a contact: with those of a viewer they say what the rule of SPEC §3.1 says, without the viewer's expanded teams, as
 * every team owner brings its ancestors. While team owners are pending only people count. `ancestorsOf` answers without the team itself.
 */
export const scopeTokensOf = (contact: TokenedContact, ancestorsOf: (teamId: string) => readonly string[]): readonly string[] => {
  const { teamOwnerIds, teamOwnersPending } = contact;
  if (teamOwnersPending) return unique(peopleTokens(contact));
  const teams = teamOwnerIds.flatMap((id) => [id, ...ancestorsOf(id)]).map(teamToken);
  return unique([...peopleTokens(contact), ...(teamOwnerIds.length === 0 ? [unassignedToken] : teams)]);
};

/** The tokens after a change of owner or assignee alone: those of the teams stay as they are. */
export const withPeopleOf = (tokens: readonly string[], contact: TokenedContact): readonly string[] =>
  unique([...peopleTokens(contact), ...(contact.teamOwnersPending ? [] : tokens.filter((token) => token === unassignedToken || token.startsWith('t:')))]);

/**
 * The tokens of a viewer at level own or team: they see the contacts of their company that have one of them. Only the
 * viewer's own teams are among them, not those below. Null: the level is not judged by tokens.
 */
export const viewerTokens = (reach: Reach): readonly string[] | null => {
  switch (reach.kind) {
    case 'own':
      return [personToken(reach.viewerId)];
    case 'team':
      return [personToken(reach.viewerId), unassignedToken, ...[...reach.teamIds].map(teamToken)];
    case 'nothing':
    case 'everything':
      return null;
    default:
      return reach satisfies never;
  }
};

const peopleTokens = ({ ownerId, assigneeId, teamOwnersPending }: TokenedContact): readonly string[] => {
  const people = [ownerId, assigneeId].filter((id) => id !== null);
  return [...people.map(personToken), ...(teamOwnersPending ? [pendingToken, ...people.map(pendingOfToken)] : [])];
};

const unique = (tokens: readonly string[]): readonly string[] => [...new Set(tokens)].sort();
