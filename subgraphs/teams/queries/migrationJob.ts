import { badInput, forbidden, isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import type { Cursors } from '../../shared/cursor.ts';
import { badCursor, type Page, type PageArguments, pageOf, readPage } from '../../shared/paging.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import { callerOf, hasScope, type Viewer } from '../../shared/viewer.ts';
import type { Reader } from '../store/database.ts';
import { countItems, itemPage, type MigrationItemRow } from '../store/migrationItems.ts';
import { jobById, type MigrationJobRow } from '../store/migrationJobs.ts';
import { isOf } from '../commands/cancelMigrationJob.ts';
import { appsOf } from '../commands/squad.ts';

/** A job, for the squad that pushed it and with scope `teams:trigger`; NOT_FOUND for other services, FORBIDDEN for everybody else. */
export const migrationJob = async (reader: Reader, viewer: Viewer, id: string): Promise<MigrationJobRow | Refusal> => {
  const mayTrigger = hasScope(viewer, 'teams:trigger');
  if (!mayTrigger && appsOf(viewer).length === 0) return forbidden('Migration jobs are for the squads and for teams:trigger.');
  const job = isUuid(id) ? await jobById(reader, id) : null;
  if (job !== null && (mayTrigger || isOf(viewer, job))) return job;
  return notFound(`id is ${excerpt(id)}, which is no job of this squad of the last 30 days.`);
};

export type ResultsRequest = Readonly<{ jobId: string; outcome: string | null; page: PageArguments }>;
export type ResultsPage = Page<MigrationItemRow> & Readonly<{ totalCount: () => Promise<number> }>;

/** Item results of a job that its reader may see, in the order they were pushed. */
export const migrationResults = async (
  reader: Reader,
  cursors: Cursors,
  viewer: Viewer,
  { jobId, outcome, page: given }: ResultsRequest,
): Promise<ResultsPage | Refusal> => {
  const page = readPage(given);
  if (isRefused(page)) return page;
  const { companyId, sub } = callerOf(viewer);
  const binding = [companyId, sub, 'MigrationJob.results', jobId, outcome];
  const after = page.cursor === null ? null : cursors.open(binding, page.cursor);
  if (after !== null && typeof after !== 'number') return badCursor(page);
  const items = await itemPage(reader, { jobId, outcome, after, take: page.size + 1 });
  return { ...pageOf(page, items, ({ index }) => cursors.seal(binding, index)), totalCount: () => countItems(reader, jobId, outcome) };
};

/** Reads `first` of a list that goes on behind an id. */
export const readFirst = (first: number | null | undefined): number | Refusal => {
  const size = first ?? 20;
  return size >= 1 && size <= 100 ? size : badInput('first', `first is ${size}; it must be from 1 to 100.`);
};
