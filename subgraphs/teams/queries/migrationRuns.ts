import { forbidden, isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import type { Page, PageArguments } from '../../shared/paging.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import { hasScope } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';
import type { Counts } from '../store/migrationJobs.ts';
import { countRuns, findRun, listRuns, type RunCompanyRow, type RunPlace, type RunSquad } from '../store/migrationRunPages.ts';
import type { MigrationRunRow } from '../store/migrationRuns.ts';
import { openListing } from './listing.ts';

type Read = Pick<Context, 'reader' | 'viewer' | 'cursors' | 'loaders'>;

/** Counts as they are shown. */
export type Totals = Counts & Readonly<{ attempted: number; failureRate: number }>;

/** Sums counts up; the failure rate of nothing is 0. */
export const totalsOf = (counts: readonly Counts[]): Totals => {
  const sum = (field: keyof Counts): number => counts.reduce((total, count) => total + count[field], 0);
  const [created, skipped, failed] = [sum('created'), sum('skipped'), sum('failed')];
  const attempted = created + skipped + failed;
  return { created, skipped, failed, attempted, failureRate: rate(failed, attempted) ?? 0 };
};

/** A share, or null of nothing. */
export const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** What runs and progress are for: the engineer, whose service has scope `teams:trigger`. */
export const triggerRefusal = ({ viewer }: Pick<Read, 'viewer'>): Refusal | null =>
  hasScope(viewer, 'teams:trigger') ? null : forbidden('This needs a service token with scope teams:trigger.');

/** One run (OTM-S05); NOT_FOUND for an id that is none. */
export const migrationRun = async (read: Read, id: string): Promise<MigrationRunRow | Refusal> => {
  const refusal = triggerRefusal(read);
  if (refusal !== null) return refusal;
  const run = isUuid(id) ? await findRun(read.reader, id) : null;
  return run ?? notFound(`id is ${excerpt(id)}, which is no run.`);
};

export type RunPage = Page<MigrationRunRow> & Readonly<{ totalCount: () => Promise<number> }>;

/** Runs, newest first. */
export const migrationRuns = async (read: Read, paging: PageArguments): Promise<RunPage | Refusal> => {
  const refusal = triggerRefusal(read);
  if (refusal !== null) return refusal;
  const listing = openListing<RunPlace>(read, ['migrationRuns'], paging);
  if (isRefused(listing)) return listing;
  const rows = await listRuns(read.reader, listing);
  return { ...listing.page(rows, ({ id, createdAt }) => ({ id, at: createdAt.getTime() })), totalCount: () => countRuns(read.reader) };
};

/** The squads of a run: the one that it was opened for, or both. */
export const squadsOf = ({ id, app }: MigrationRunRow): readonly RunSquad[] =>
  (['chat', 'crm'] as const).filter((each) => app === null || app === each).map((each) => ({ runId: id, app: each }));

export type RunCompanyPage = Page<RunCompanyRow> & Readonly<{ totalCount: () => Promise<number> }>;

/** The companies of a squad's part of a run, by the text that they were named with. */
export const runCompanies = async (read: Read, { runId, app }: RunSquad, paging: PageArguments): Promise<RunCompanyPage | Refusal> => {
  const listing = openListing<string>(read, ['MigrationRunSquad.companies', runId, app], paging);
  if (isRefused(listing)) return listing;
  const rows = await read.loaders.runCompanies.load({ runId, app, after: listing.place, limit: listing.limit });
  const totalCount = async (): Promise<number> => (await read.loaders.squadTotals.load(runId)).find((totals) => totals.app === app)?.companies ?? 0;
  return { ...listing.page(rows, ({ companyRef }) => companyRef), totalCount };
};
