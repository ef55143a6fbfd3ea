import type { Handler } from '../shared/peer.ts';
import type { TeamsApi } from '../shared/teamsApi.ts';
import { isUuid } from '../shared/text.ts';
import { findAccessPage } from './store/accessPage.ts';
import { findCompaniesById, listCompanies } from './store/companyList.ts';
import { keepCoverage } from './store/coverage.ts';
import type { Database } from './store/database.ts';

type Operations = 'companies' | 'levels' | 'coverage';

const maxCompanies = 1_000;
const maxPeople = 100;

/** What contacts may ask about companies and the access of their people, and what it reports of them (SPEC §2.5, §4). Verified calls only. */
export const companyHandlers = (database: Database): Readonly<Record<Operations, Handler>> => ({
  companies: answering<'companies'>(async (request) => {
    if ('ids' in request) return { companies: await findCompaniesById(database.prisma, request.ids.slice(0, maxCompanies).filter(isUuid)), hasMore: false };
    const { rows, hasMore } = await pageOf(request, maxCompanies, ({ after, limit }) => listCompanies(database.prisma, after, limit));
    return { companies: rows, hasMore };
  }),
  levels: answering<'levels'>(async ({ companyId, ...request }) => {
    if (!isUuid(companyId)) return { people: [], hasMore: false };
    const { rows, hasMore } = await pageOf(request, maxPeople, (page) => findAccessPage(database.prisma, { kind: 'company', companyId }, page));
    return { people: rows, hasMore };
  }),
  coverage: answering<'coverage'>(async ({ reports }) => {
    await keepCoverage(database, reports.filter(({ companyId }) => isUuid(companyId)));
    return {};
  }),
});

/** A page by id: one row more than it has is read, to see whether there are more. */
const pageOf = async <Row>(
  { after, limit }: Readonly<{ after: string | null; limit: number }>,
  most: number,
  read: (page: Readonly<{ after: string | null; limit: number }>) => Promise<readonly Row[]>,
): Promise<Readonly<{ rows: readonly Row[]; hasMore: boolean }>> => {
  const size = Math.min(Math.max(limit, 1), most);
  const found = await read({ after: after !== null && isUuid(after) ? after : null, limit: size + 1 });
  return { rows: found.slice(0, size), hasMore: found.length > size };
};

/** The caller is one of our own processes and has signed the body: its shape is the agreed one. */
const answering =
  <Name extends Operations>(answer: (request: TeamsApi[Name]['request']) => Promise<TeamsApi[Name]['reply']>): Handler =>
  async (_claims, body) => ({ status: 200, body: await answer(body as TeamsApi[Name]['request']) });
