import { Refusal } from '../../shared/errors.ts';

/**
 * The team owners that someone submitted: each must be one of the acting person's own teams, whatever their level
 * (SPEC §3.2, TEAM-S11). UNPROCESSABLE names the others.
 */
export const acceptTeamOwners = (submitted: readonly string[], ownTeamIds: readonly string[], field = 'input.teamOwnerIds'): readonly string[] | Refusal => {
  const own = new Set(ownTeamIds);
  const rejected = submitted.filter((id) => !own.has(id));
  if (rejected.length === 0) return submitted;
  const message = `${field} has ${String(rejected.length)} that are not your own teams; nothing was written.`;
  return new Refusal('UNPROCESSABLE', message, { field, ids: rejected });
};

/** Team owners after adding some and taking some away, each once. */
export const withAndWithout = (teamOwnerIds: readonly string[], add: readonly string[], remove: readonly string[]): readonly string[] => {
  const gone = new Set(remove);
  return [...new Set([...teamOwnerIds, ...add])].filter((id) => !gone.has(id));
};

/** Whether two sets of team owners have the same teams. */
export const isSameSet = (one: readonly string[], other: readonly string[]): boolean => {
  const ids = new Set(one);
  return ids.size === new Set(other).size && other.every((id) => ids.has(id));
};
