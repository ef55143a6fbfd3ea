import { nameKey, textFault } from '../../shared/text.ts';

/** A team of the company, as far as matching goes. */
export type MatchableTeam = Readonly<{ id: string; name: string; source: 'Chat' | 'CRM' | 'Launchpad'; referenceId: string | null }>;

/** What a legacy team came to; several teams are ambiguous, and all of them are kept. */
export type LegacyMatch = Readonly<{ teamIds: readonly string[] }>;

/** Finds teams for legacy ids; `name` null: the table has none for it. */
export type LegacyMatcher = (legacyTeamId: string, name: string | null) => LegacyMatch;

/** The legacy ids of a `crm_team_hierarchy_id` such as `3,7`: without blanks around them, empty ones and repetitions, in their order. */
export const parseLegacyIds = (list: string | null): readonly string[] => {
  const ids = (list ?? '').split(',').map((id) => id.trim());
  return [...new Set(ids)].filter((id) => textFault(id, Number.MAX_SAFE_INTEGER) !== 'blank');
};

const crmPrefix = 'CRM - ';

/**
 * The rule of CDP/CHG-004 (SPEC §3.4): a legacy id is the migrated CRM team with that reference id; else the migrated CRM teams of its
 * name, where `CRM - <name>` counts as `<name>`; else the native teams of its name. Never a Chat team, whatever it is called.
 */
export const legacyMatcher = (teams: readonly MatchableTeam[]): LegacyMatcher => {
  const byReference = new Map<string, string[]>();
  const crmByName = new Map<string, string[]>();
  const nativeByName = new Map<string, string[]>();
  for (const { id, name, source, referenceId } of teams) {
    if (source === 'Chat') continue;
    if (source === 'Launchpad') {
      put(nativeByName, nameKey(name), id);
      continue;
    }
    if (referenceId !== null) put(byReference, referenceId, id);
    put(crmByName, nameKey(name.startsWith(crmPrefix) ? name.slice(crmPrefix.length) : name), id);
  }
  return (legacyTeamId, name) => {
    const key = name === null ? null : nameKey(name);
    const named = (teamsByName: ReadonlyMap<string, readonly string[]>) => (key === null ? undefined : teamsByName.get(key));
    return { teamIds: byReference.get(legacyTeamId) ?? named(crmByName) ?? named(nativeByName) ?? [] };
  };
};

const put = (map: Map<string, string[]>, key: string, id: string): void => {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, [id]);
  else ids.push(id);
};
