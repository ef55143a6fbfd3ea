import type { Filter } from 'mongodb';
import type { ContactDocument } from './documents.ts';
import { assigned, unassigned } from './scopeFilter.ts';

/**
 * What narrows a list within its scope; all that is given holds together. Texts only, in stored form (lower case,
 * E.164, name key): nothing that a client sends becomes an operator.
 */
export type Narrowing = Readonly<{
  ownerId?: string;
  assigneeId?: string;
  teamId?: string;
  /** Owned by any of these teams. */
  anyTeamOf?: readonly string[];
  isUnassigned?: boolean;
  namePrefix?: string;
  emailPrefix?: string;
  phonePrefix?: string;
  /** Exactly this one. */
  email?: string;
  phone?: string;
  /** Not what this narrows to. */
  not?: Narrowing;
}>;

/** The conditions of a narrowing; empty when nothing is narrowed. */
export const narrowingConditions = (given: Narrowing): Filter<ContactDocument>[] => [
  ...(given.ownerId === undefined ? [] : [{ owner_id: given.ownerId }]),
  ...(given.assigneeId === undefined ? [] : [{ assignee_id: given.assigneeId }]),
  ...(given.teamId === undefined ? [] : [{ team_owner_ids: given.teamId }]),
  ...(given.anyTeamOf === undefined ? [] : [{ team_owner_ids: { $in: [...given.anyTeamOf] } }]),
  ...(given.isUnassigned === undefined ? [] : [given.isUnassigned ? unassigned : assigned]),
  ...(given.namePrefix === undefined ? [] : [{ name_key: startsWith(given.namePrefix) }]),
  ...(given.emailPrefix === undefined ? [] : [{ email: startsWith(given.emailPrefix) }]),
  ...(given.phonePrefix === undefined ? [] : [{ phone: startsWith(given.phonePrefix) }]),
  ...(given.email === undefined ? [] : [{ email: given.email }]),
  ...(given.phone === undefined ? [] : [{ phone: given.phone }]),
  ...(given.not === undefined ? [] : [{ $nor: [{ $and: narrowingConditions(given.not) }] }]),
];

/** Anchored, with every character of the prefix taken literally; the database turns it into a range of its index. */
const startsWith = (prefix: string): { $regex: string } => ({ $regex: `^${prefix.replace(/[\\^$.*+?()[\]{}|/#\s-]/g, '\\$&')}` });
