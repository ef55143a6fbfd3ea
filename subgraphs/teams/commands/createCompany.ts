import { conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import { excerpt, nameKey } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { type GivenCompany, newCompany, type NewCompany } from '../domain/newCompany.ts';
import { type CompanyRow, findCompany } from '../store/companies.ts';
import { insertCompany } from '../store/companyWrites.ts';
import type { Transaction } from '../store/database.ts';
import { expectGeneralTeam } from '../store/generalTeam.ts';
import { insertUser } from '../store/peopleWrites.ts';
import { accessChanged } from './accessChanged.ts';
import { serviceWith } from './asService.ts';
import type { CommandDeps } from './commandDeps.ts';
import { generalTeamLeaseMs, type GeneralTeamDeps, tryGeneralTeam } from './generalTeam.ts';
import { orTakenBack, TakenBack, tellIn } from './inCompany.ts';
import { keyRefusal, onlyOnce } from './onlyOnce.ts';

const fields = {
  id: 'input.companySsoId',
  name: 'input.name',
  plan: 'input.plan',
  ownerId: 'input.ownerSsoId',
  ownerEmail: 'input.ownerEmail',
  ownerFullName: 'input.ownerFullName',
} as const;

/**
 * Creates a company with its first OWNER, in one transaction, and then its General team, which may come later: the company stays without it
 * (OTM-S02). CONFLICT when there is a company or a person with such an id, unless the idempotency key says that it is this very one.
 */
export const createCompany = async (
  deps: GeneralTeamDeps,
  viewer: Viewer,
  { idempotencyKey: key, ...given }: GivenCompany & Readonly<{ idempotencyKey: string | null }>,
): Promise<CompanyRow | Refusal> => {
  const service = serviceWith(viewer, 'companies:write');
  if (isRefused(service)) return service;
  const company = newCompany(given, fields);
  if (isRefused(company)) return company;
  const refusal = keyRefusal(key);
  if (refusal !== null) return refusal;

  const created = await orTakenBack(
    deps.database.transaction(async (tx): Promise<'new' | 'earlier'> => {
      const create = { viewer, operation: 'createCompany', key, payload: company, resultId: company.id };
      const once = await onlyOnce(tx, create, { newId: deps.newId, now: new Date(deps.now()) });
      if (isRefused(once)) throw new TakenBack(once);
      if (once !== 'new') return 'earlier';
      const taken = await storeCompany(tx, deps, company, { actorService: service.id });
      if (taken !== null) throw new TakenBack(taken === 'company' ? companyTaken(company) : ownerTaken(company));
      return 'new';
    }),
  );
  if (isRefused(created)) return created;
  if (created === 'new') {
    deps.wakeRelay();
    await tryGeneralTeam(deps, { companyId: company.id, attempts: 0 });
  }
  const stored = await findCompany(deps.database.prisma, { kind: 'company', companyId: company.id });
  if (stored === null) throw new Error('a company that was just created is gone');
  return stored;
};

/**
 * Stores a company with its OWNER, and that its General team is to be made; answers what stands in the way: its own id, or its owner's. By
 * the system when no service is named.
 */
export const storeCompany = async (
  tx: Transaction,
  deps: CommandDeps,
  { owner, ...company }: NewCompany,
  actor: Readonly<{ actorService?: string }>,
): Promise<'company' | 'owner' | null> => {
  const reach = { kind: 'company', companyId: company.id } as const;
  const of = { companyId: company.id, now: new Date(deps.now()), newId: deps.newId };
  if (!(await insertCompany(tx, company, of.now))) return 'company';
  const user = { ...owner, nameKey: nameKey(owner.fullName), phone: null, nik: null, staffLevel: null, role: 'OWNER' } as const;
  if (!(await insertUser(tx, reach, user, of.now))) return 'owner';
  await expectGeneralTeam(tx, reach, generalTeamLeaseMs);
  await tellIn(tx, of, actor)(
    [accessChanged(of, { userId: owner.id, isActive: true })],
    [
      { kind: 'PLAN', subjectId: company.id, before: null, after: { plan: company.plan } },
      { kind: 'PERSON', subjectId: owner.id, before: null, after: { role: 'OWNER', isActive: true } },
    ],
  );
  return null;
};

const companyTaken = ({ id }: NewCompany): Refusal => conflict(`${fields.id} is ${excerpt(id)}, which is a company already.`);
const ownerTaken = ({ owner }: NewCompany): Refusal => conflict(`${fields.ownerId} is ${excerpt(owner.id)}, which is a person of another company.`);
