import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { CommandFault } from './command.ts';

/** An item of `migrateTeams`, as it stands in the file. */
export type FileItem = Readonly<{ companySsoId: string; name: string; appIdentifierId: string; parentAppIdentifierId: string | null }>;

export type SquadFile = Readonly<{ items: readonly FileItem[]; /** SHA-256 of its bytes, in hex. */ hash: string }>;

const columns = ['companySsoId', 'name', 'appIdentifierId', 'parentAppIdentifierId'] as const;

/** Reads a file of teams, UTF-8 with a header line. Empty fields are left to the API to judge. @throws CommandFault for another form. */
export const readSquadFile = (path: string): SquadFile => {
  const bytes = read(path);
  const [header = [], ...rows] = rowsOf(path, bytes);
  if (columns.length !== header.length || columns.some((column) => !header.includes(column))) {
    throw new CommandFault('USAGE', `${path} has the columns ${header.join(',')}; its first line must name ${columns.join(',')}, in any order.`);
  }
  const at = columns.map((column) => header.indexOf(column));
  const items = rows.map((row): FileItem => {
    const [companySsoId = '', name = '', appIdentifierId = '', parent = ''] = at.map((index) => row[index] ?? '');
    return { companySsoId, name, appIdentifierId, parentAppIdentifierId: parent === '' ? null : parent };
  });
  return { items, hash: createHash('sha256').update(bytes).digest('hex') };
};

const read = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandFault('USAGE', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const rowsOf = (path: string, bytes: Buffer): string[][] => {
  try {
    return parse(bytes, { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new CommandFault('USAGE', `${path} is no CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
};
