import type { Cursors } from '../shared/cursor.ts';
import { forbidden, type Refusal, unauthenticated } from '../shared/errors.ts';
import { requestIds } from '../shared/requestIds.ts';
import { isUuid } from '../shared/text.ts';
import { type Access, hasScope, type Viewer } from '../shared/viewer.ts';
import type { CommandDeps } from './commands/commandDeps.ts';
import type { MigrationDeps } from './commands/migrationDeps.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import { findAccess } from './store/access.ts';
import { type CompanyRow, findCompany } from './store/companies.ts';
import type { Database, Reader } from './store/database.ts';
import type { Source, TeamReach } from './store/teams.ts';

/** What one request works with. */
export type Context = Readonly<{
  viewer: Viewer;
  correlationId: string;
  /** Whose teams this request may find. */
  reach: TeamReach;
  /** The person's access, read once, when first asked. Refused for services, and for people who are not active in their company. */
  access(): Promise<Access | Refusal>;
  /** The same with the expanded teams, whatever the levels. */
  expanded(): Promise<Access | Refusal>;
  /** The person's company, read once; null for services. */
  company(): Promise<CompanyRow | null>;
  reader: Reader;
  loaders: Loaders;
  cursors: Cursors;
  /** What the commands stand on. */
  commands: CommandDeps;
  /** What the commands of the migration stand on besides. */
  migration: MigrationDeps;
}>;

export type ContextParts = Readonly<{ database: Database; cursors: Cursors; migration: MigrationDeps }>;

/** Makes the context of one request. */
export const createContext = ({ database, cursors, migration }: ContextParts, viewer: Viewer, correlationId: string): Context => {
  const reader = database.prisma;
  const reach = reachOf(viewer);
  const expanded = once(() => readAccess(reader, viewer, true));
  const access = once(() => readAccess(reader, viewer, false));
  const company = once(() => (reach.kind === 'company' ? findCompany(reader, reach) : Promise.resolve(null)));
  const ids = requestIds(correlationId, viewer);
  const commands: MigrationDeps = { ...migration, record: (event) => migration.record(event, ids) };
  return { viewer, correlationId, reach, access, expanded, company, reader, cursors, commands, migration: commands, loaders: createLoaders(reader, reach) };
};

/** A person's company; for a squad what its app pushed; nothing for other services. */
export const reachOf = (viewer: Viewer): TeamReach => {
  if (viewer.kind === 'person') return { kind: 'company', companyId: viewer.companyId };
  const sources: Source[] = [];
  if (hasScope(viewer, 'teams:migrate:chat')) sources.push('Chat');
  if (hasScope(viewer, 'teams:migrate:crm')) sources.push('CRM');
  return { kind: 'sources', sources };
};

const readAccess = async (reader: Reader, viewer: Viewer, withTeams: boolean): Promise<Access | Refusal> => {
  if (viewer.kind === 'service') return forbidden('This is for signed-in people, not for services.');
  const { companyId, userId } = viewer;
  const access = isUuid(companyId) && isUuid(userId) ? await findAccess(reader, { companyId, userId, withTeams }) : null;
  return access ?? unauthenticated('This person is not active in this company.');
};

const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined;
  return () => (result ??= read());
};

