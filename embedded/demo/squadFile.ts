import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { demoCompanies, demoId } from './data.ts';

/** An item of `migrateTeams`, as a squad makes it from its own rows. */
export type SquadItem = Readonly<{
  companySsoId: string;
  appIdentifierId: string;
  name: string;
  parentAppIdentifierId: string | null;
}>;

/** Reads a squad's rows `company,<id>,name,parent` and maps them to items; companies that are not in the demo get an unknown id. */
export const readSquadFile = (name: string): readonly SquadItem[] => {
  const rows: string[][] = parse(readFileSync(new URL(name, import.meta.url)), { from_line: 2 });
  return rows.map(([company = '', id = '', team = '', parent = '']) => ({
    companySsoId: demoCompanies.find(({ key }) => key === company)?.id ?? demoId(`company ${company}`),
    appIdentifierId: id,
    name: team,
    parentAppIdentifierId: parent === '' ? null : parent,
  }));
};
