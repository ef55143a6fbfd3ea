import type { Level } from '../../subgraphs/shared/access/permissions.ts';

export type ReferenceContact = Readonly<{
  companyId: string;
  deleted: boolean;
  owner: string | null;
  assignee: string | null;
  /** Null: the field is missing. */
  teamOwners: readonly string[] | null;
  pending: boolean;
}>;

export type ReferenceViewer = Readonly<{
  id: string;
  companyId: string;
  /** Teams that they are a member of. */
  teams: readonly string[];
  level: Level;
}>;

export type ReferenceCompany = Readonly<{ teamPermissionEnabled: boolean; /** Team → its parent, or null for a root. */ parents: ReadonlyMap<string, string | null> }>;

/**
 * Whether a viewer sees a contact, word by word as SPEC §3.1 has it, and by another way than the product: it walks
 * up from each team owner instead of expanding downwards. To be held against every path of the product.
 */
export const referenceCanSee = (viewer: ReferenceViewer, contact: ReferenceContact, company: ReferenceCompany): boolean => {
  if (contact.companyId !== viewer.companyId) return false;
  if (contact.deleted) return false;
  if (viewer.level === 'disabled') return false;
  if (viewer.level === 'everything') return true;
  if (viewer.level === 'team' && !company.teamPermissionEnabled) return true;
  if (contact.owner === viewer.id) return true;
  if (contact.assignee === viewer.id) return true;
  if (viewer.level === 'own') return false;
  if (contact.pending) return false;
  if (contact.teamOwners === null) return true;
  if (contact.teamOwners.length === 0) return true;
  for (const teamOwner of contact.teamOwners) {
    for (let team: string | null = teamOwner; team !== null; team = company.parents.get(team) ?? null) {
      if (viewer.teams.includes(team)) return true;
    }
  }
  return false;
};

/**
 * Why a viewer sees a contact that they see: the first kind that holds, in the order of the schema's enum, by the parts of the rule
 * that hold whatever the level is. A pending contact is nobody's by its team owners.
 */
export const referenceReason = (viewer: ReferenceViewer, contact: ReferenceContact, company: ReferenceCompany): string => {
  if (contact.owner === viewer.id) return 'OWNER';
  if (contact.assignee === viewer.id) return 'ASSIGNEE';
  if (contact.pending) return 'EVERYTHING';
  const teamOwners = contact.teamOwners ?? [];
  if (teamOwners.length === 0) return 'UNASSIGNED';
  const bare = { ...contact, owner: null, assignee: null };
  const atTeam = company.teamPermissionEnabled && referenceCanSee({ ...viewer, level: 'team' }, bare, company);
  return atTeam ? 'TEAM' : 'EVERYTHING';
};
