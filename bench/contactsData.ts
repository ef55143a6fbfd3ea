import { createHash } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { ContactDocument } from '../subgraphs/contacts/store/documents.ts';
import { scopeTokensOf } from '../subgraphs/shared/access/scopeTokens.ts';

const uuid = (label: string): string => {
  const hex = createHash('sha256').update(label).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** A company whose teams form a tree of ten children each, numbered from the root level by level. */
export type BenchCompany = Readonly<{
  id: string;
  teams: readonly string[];
  people: readonly string[];
  /** Team → its ancestors, root first. */
  ancestorsOf: (teamId: string) => readonly string[];
  /** Team → itself and all below it. */
  expanded: (teamId: string) => readonly string[];
}>;

const children = 10;

export const benchCompany = (name: string, teamCount: number, personCount: number): BenchCompany => {
  const teams = Array.from({ length: teamCount }, (_, n) => uuid(`${name} team ${String(n)}`));
  const placeOf = new Map(teams.map((id, n) => [id, n]));
  const upwards = (n: number): number[] => (n === 0 ? [] : [...upwards(Math.floor((n - 1) / children)), Math.floor((n - 1) / children)]);
  const lines = teams.map((_, n) => upwards(n).map((each) => teams[each] ?? ''));
  return {
    id: uuid(name),
    teams,
    people: Array.from({ length: personCount }, (_, n) => uuid(`${name} person ${String(n)}`)),
    ancestorsOf: (id) => lines[placeOf.get(id) ?? -1] ?? [],
    expanded: (id) => {
      const found: number[] = [placeOf.get(id) ?? 0];
      for (const at of found) for (let child = at * children + 1; child <= at * children + children && child < teamCount; child += 1) found.push(child);
      return found.map((n) => teams[n] ?? '');
    },
  };
};

/** Numbers between 0 and 1 that are the same in every run. */
export const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

const firstAt = 1_700_000_000_000;

/** Contacts with their tokens: 5 % Unassigned, one in ten of two teams, one in a thousand pending. */
export function* benchContacts(company: BenchCompany, count: number, treeVersion: number): Iterable<ContactDocument> {
  const random = seeded(7);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  for (let n = 0; n < count; n += 1) {
    const kind = random();
    const teamOwnerIds = kind < 0.05 ? [] : kind < 0.15 ? [...new Set([pick(company.teams), pick(company.teams)])] : [pick(company.teams)];
    const [ownerId, assigneeId] = [pick(company.people), random() < 0.5 ? pick(company.people) : null];
    const teamOwnersPending = random() < 0.001;
    const name = `Customer ${String(Math.floor(random() * count)).padStart(8, '0')}`;
    yield {
      _id: new ObjectId(),
      company_sso_id: company.id,
      is_deleted: false,
      name,
      name_key: name.toLowerCase(),
      email: `c${String(n)}@customer.example`,
      phone: `+62${String(81_000_000_000 + n)}`,
      owner_id: ownerId,
      assignee_id: assigneeId,
      team_owner_ids: teamOwnerIds,
      team_owners_pending: teamOwnersPending,
      team_owners_set_by: 'auto',
      scope_tokens: scopeTokensOf({ ownerId, assigneeId, teamOwnerIds, teamOwnersPending }, company.ancestorsOf),
      tree_version: treeVersion,
      version: 1,
      created_at: new Date(firstAt + n * 1_000),
      updated_at: new Date(firstAt + Math.floor(random() * count) * 1_000),
    };
  }
}
