import type { ScopedContact } from '../../shared/access/scope.ts';

/** What the reason is told from. */
export type ReasonViewer = Readonly<{
  viewerId: string;
  teamIds: readonly string[];
  /** Own teams and those below; empty when teams play no part. */
  expandedTeamIds: readonly string[];
}>;

/** The first part of the rule that holds; for TEAM the team owners it holds for. */
export type AccessReason =
  | Readonly<{ kind: 'OWNER' | 'ASSIGNEE' | 'UNASSIGNED' | 'EVERYTHING' }>
  | Readonly<{ kind: 'TEAM'; teamOwnerIds: readonly string[] }>;

/** Why a contact that someone sees is in their scope, in the order of the wire's enum. */
export const accessReason = (viewer: ReasonViewer, contact: ScopedContact): AccessReason => {
  if (contact.ownerId === viewer.viewerId) return { kind: 'OWNER' };
  if (contact.assigneeId === viewer.viewerId) return { kind: 'ASSIGNEE' };
  if (contact.teamOwnersPending) return { kind: 'EVERYTHING' };
  const expanded = new Set(viewer.expandedTeamIds);
  const teamOwnerIds = contact.teamOwnerIds.filter((id) => expanded.has(id));
  if (teamOwnerIds.length > 0) return { kind: 'TEAM', teamOwnerIds };
  return { kind: contact.teamOwnerIds.length === 0 ? 'UNASSIGNED' : 'EVERYTHING' };
};

/**
 * The shortest way from one of the viewer's teams down to one of these team owners; `ancestorsOf` answers root
 * first, without the team itself. Only teams that the viewer's own ones contain are on it.
 */
export const pathToViewer = (
  teamIds: readonly string[],
  teamOwnerIds: readonly string[],
  ancestorsOf: (teamId: string) => readonly string[],
): readonly string[] => {
  const own = new Set(teamIds);
  const paths = teamOwnerIds.map((id) => {
    const line = [...ancestorsOf(id), id];
    return line.slice(Math.max(line.findLastIndex((team) => own.has(team)), 0));
  });
  // A team that was moved a moment ago may have no way down from the viewer's teams any more.
  const held = paths.filter(([top]) => top !== undefined && own.has(top));
  return held.sort((a, b) => a.length - b.length)[0] ?? teamOwnerIds.slice(0, 1);
};
