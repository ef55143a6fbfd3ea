import { Refusal } from '../../shared/errors.ts';

/**
 * The team owners that someone submitted: each must be one of the acting person's own teams, whatever their level
 * (SPEC §3.2, TEAM-S11). UNPROCESSABLE names the others.
 */
export const acceptTeamOwners = (submitted: readonly string[], ownTeamIds: readonly string[]): readonly string[] | Refusal => {
  const own = new Set(ownTeamIds);
  const rejected = submitted.filter((id) => !own.has(id));
  if (rejected.length === 0) return submitted;
  const message = `input.teamOwnerIds has ${String(rejected.length)} that are not your own teams; nothing was written.`;
  return new Refusal('UNPROCESSABLE', message, { field: 'input.teamOwnerIds', ids: rejected });
};
