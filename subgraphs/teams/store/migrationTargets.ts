import type { CompanyFacts } from '../domain/migrationPlan.ts';
import type { KeptItem, MigratedSource } from '../domain/migrationItem.ts';
import { nameKey } from '../../shared/text.ts';
import type { Transaction } from './database.ts';
import { isEnabled } from './enabled.ts';

type Closed = CompanyFacts['closed'];

/** Locks companies, in the order of their ids so that no two transactions wait for each other, and tells which are open for migration. */
export const lockCompanies = async (tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Closed>> => {
  await tx.$queryRaw`
    SELECT id FROM companies WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR UPDATE`;
  const rows = await tx.$queryRaw<{ id: string; active: boolean; enabled: boolean }[]>`
    SELECT c.id, c.is_active AS active, (${isEnabled}) AS enabled
    FROM companies c WHERE c.id = ANY(${[...ids]}::uuid[])`;
  const found = new Map(rows.map(({ id, active, enabled }): [string, Closed] => [id, !active ? 'inactive' : enabled ? null : 'flags off']));
  return new Map(ids.map((id) => [id, found.has(id) ? (found.get(id) ?? null) : 'unknown']));
};

type KeyRow = Readonly<{ companyId: string; ref: string; id: string | null }>;

/** What is known of each company for the items of it; the companies are locked before. */
export const readFacts = async (
  tx: Transaction,
  source: MigratedSource,
  itemsOf: ReadonlyMap<string, readonly KeptItem[]>,
  closedOf: ReadonlyMap<string, Closed>,
): Promise<ReadonlyMap<string, CompanyFacts>> => {
  const open = [...itemsOf].filter(([id]) => closedOf.get(id) === null);
  const keys = JSON.stringify(open.flatMap(([company, items]) => [...refsOf(items)].map((ref) => ({ company, ref }))));
  const teams = byCompany(
    await tx.$queryRaw<KeyRow[]>`
      SELECT t.company_id AS "companyId", k.ref, t.id
      FROM jsonb_to_recordset(${keys}::jsonb) AS k(company uuid, ref text)
      JOIN teams t ON t.company_id = k.company AND t.source_identifier = ${source} AND t.reference_id = k.ref`,
  );
  const tombstones = byCompany(
    await tx.$queryRaw<KeyRow[]>`
      SELECT t.company_id AS "companyId", k.ref, t.stands_for AS id
      FROM jsonb_to_recordset(${keys}::jsonb) AS k(company uuid, ref text)
      JOIN team_tombstones t ON t.company_id = k.company AND t.source_identifier = ${source} AND t.reference_id = k.ref`,
  );
  const parents = new Set<string>();
  for (const [company, items] of open) {
    const there = teams.get(company) ?? new Map<string, string | null>();
    const gone = tombstones.get(company) ?? new Map<string, string | null>();
    for (const { appIdentifierId: ref, parentAppIdentifierId: parentRef } of items) {
      if (ref === null || parentRef === null || there.has(ref) || gone.has(ref)) continue;
      const parent = there.get(parentRef) ?? gone.get(parentRef);
      if (parent !== undefined && parent !== null) parents.add(parent);
    }
  }
  const levels = await levelsOf(tx, [...parents]);
  return new Map(
    [...itemsOf.keys()].map((company) => [
      company,
      {
        closed: closedOf.get(company) ?? null,
        teams: withoutNulls(teams.get(company)),
        tombstones: tombstones.get(company) ?? new Map<string, string | null>(),
        levels,
      },
    ]),
  );
};

const refsOf = (items: readonly KeptItem[]): ReadonlySet<string> => {
  const refs = new Set<string>();
  for (const { appIdentifierId, parentAppIdentifierId } of items) {
    if (appIdentifierId !== null) refs.add(appIdentifierId);
    if (parentAppIdentifierId !== null) refs.add(parentAppIdentifierId);
  }
  return refs;
};

const byCompany = (rows: readonly KeyRow[]): Map<string, Map<string, string | null>> => {
  const companies = new Map<string, Map<string, string | null>>();
  for (const { companyId, ref, id } of rows) {
    const known = companies.get(companyId) ?? new Map<string, string | null>();
    companies.set(companyId, known.set(ref, id));
  }
  return companies;
};

const withoutNulls = (map: ReadonlyMap<string, string | null> = new Map()): ReadonlyMap<string, string> =>
  new Map([...map].flatMap(([ref, id]) => (id === null ? [] : [[ref, id] as const])));

const levelsOf = async (tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; level: number }[]>`
    WITH RECURSIVE up AS (
      SELECT id, parent_id, 0 AS level FROM teams WHERE id = ANY(${[...ids]}::uuid[])
      UNION ALL
      SELECT up.id, t.parent_id, up.level + 1 FROM up JOIN teams t ON t.id = up.parent_id
    )
    SELECT id, level FROM up WHERE parent_id IS NULL`;
  return new Map(rows.map(({ id, level }) => [id, level]));
};

export type NewMigratedTeam = Readonly<{ id: string; companyId: string; name: string; parentId: string | null; referenceId: string }>;

/** Creates migrated teams; parents may be among them. @throws when one of them is there already (`idx_teams_source_ref_unique`). */
export const insertMigratedTeams = async (
  tx: Transaction,
  source: MigratedSource,
  teams: readonly NewMigratedTeam[],
  now: Date,
): Promise<void> => {
  if (teams.length === 0) return;
  const rows = teams.map((team) => ({ ...team, nameKey: nameKey(team.name) }));
  await tx.$executeRaw`
    INSERT INTO teams (id, company_id, name, name_key, parent_id, source_identifier, reference_id, created_at, updated_at)
    SELECT id, "companyId", name, "nameKey", "parentId", ${source}, "referenceId", ${now}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(id uuid, "companyId" uuid, name text, "nameKey" text, "parentId" uuid, "referenceId" text)`;
};
