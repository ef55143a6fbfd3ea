import { forbidden, isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import { hasScope, type Scope, type Service, type Viewer } from '../../shared/viewer.ts';
import { type CompanyRow, findCompany, lockCompany } from '../store/companies.ts';
import type { CommandDeps } from './commandDeps.ts';
import { type Change, orTakenBack, TakenBack, tellIn } from './inCompany.ts';

/** One change of a company by a service, while the company's row is held. */
export type ServiceChange = Omit<Change, 'access'> & Readonly<{ company: CompanyRow }>;

/** The service behind a call, when its token has the scope. */
export const serviceWith = (viewer: Viewer, scope: Scope): Service | Refusal =>
  viewer.kind === 'service' && hasScope(viewer, scope) ? viewer : forbidden(`This needs a service token with scope ${scope}.`);

/**
 * Runs a service's change of the company that it names, as `inCompany` does for people: in one transaction that holds the company's row.
 * NOT_FOUND for what is no company of ours. A refusal takes back what was written.
 */
export const asService = async <T>(
  deps: CommandDeps,
  viewer: Viewer,
  { scope, companyId }: Readonly<{ scope: Scope; companyId: string }>,
  work: (change: ServiceChange) => Promise<T | Refusal>,
): Promise<T | Refusal> => {
  const service = serviceWith(viewer, scope);
  if (isRefused(service)) return service;
  if (!isUuid(companyId)) return unknownCompany(companyId);
  const now = new Date(deps.now());
  const result = await orTakenBack(
    deps.database.inTurn(companyId, () =>
      deps.database.transaction(async (tx) => {
        const reach = { kind: 'company', companyId } as const;
        const company = (await lockCompany(tx, reach)) ? await findCompany(tx, reach) : null;
        if (company === null) return unknownCompany(companyId);
        const tell = tellIn(tx, { companyId, now, newId: deps.newId }, { actorService: service.id });
        const done = await work({ tx, companyId, company, now, newId: deps.newId, tell });
        if (isRefused(done)) throw new TakenBack(done);
        return done;
      }),
    ),
  );
  if (!isRefused(result)) deps.wakeRelay();
  return result;
};

const unknownCompany = (id: string): Refusal => notFound(`input.companySsoId is ${excerpt(id)}, which is no company of ours.`);
