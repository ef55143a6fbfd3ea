import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { CommandFault } from './command.ts';

/** An item of `loadLegacyTeams.rows`. */
export type FileRow = Readonly<{ contactKey: string; crmTeamHierarchyId: string | null }>;
/** An item of `loadLegacyTeams.teams`. */
export type FileTeam = Readonly<{ legacyTeamId: string; name: string }>;

/** Reads contacts with their legacy teams. @throws CommandFault for another form. */
export const readRows = (path: string): readonly FileRow[] =>
  readColumns(path, ['contactKey', 'crm_team_hierarchy_id']).map(([contactKey = '', list = '']) => ({ contactKey, crmTeamHierarchyId: list === '' ? null : list }));

/** Reads names of legacy teams. @throws CommandFault for another form. */
export const readTeams = (path: string): readonly FileTeam[] => readColumns(path, ['legacyTeamId', 'name']).map(([legacyTeamId = '', name = '']) => ({ legacyTeamId, name }));

/** UTF-8 with a header line; values are left to the API to judge. */
const readColumns = (path: string, columns: readonly string[]): readonly (readonly string[])[] => {
  const [header = [], ...rows] = recordsOf(path);
  if (columns.length !== header.length || columns.some((column) => !header.includes(column))) {
    throw new CommandFault('USAGE', `${path} has the columns ${header.join(',')}; its first line must name ${columns.join(',')}, in any order.`);
  }
  const at = columns.map((column) => header.indexOf(column));
  return rows.map((row) => at.map((index) => row[index] ?? ''));
};

const recordsOf = (path: string): string[][] => {
  try {
    return parse(readFileSync(path), { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new CommandFault('USAGE', `${path} cannot be read as CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
};
