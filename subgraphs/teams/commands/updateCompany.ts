import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { givenText } from '../domain/given.ts';
import type { Plan } from '../domain/newCompany.ts';
import { type CompanyRow, findCompany } from '../store/companies.ts';
import { changeCompany, type CompanyChange } from '../store/companyWrites.ts';
import { accessChanged } from './accessChanged.ts';
import { asService } from './asService.ts';
import type { CommandDeps } from './commandDeps.ts';

/** What is asked to change; what is left out stays, and none of it can be cleared. */
export type CompanyUpdate = Readonly<{ companyId: string; name?: string | null; plan?: Plan | null; isActive?: boolean | null }>;

/** Changes a company's name, plan or activity. A change of plan changes no flag; people of an inactive company are signed out (SPEC §2.5). */
export const updateCompany = (deps: CommandDeps, viewer: Viewer, { companyId, ...update }: CompanyUpdate): Promise<CompanyRow | Refusal> =>
  asService(deps, viewer, { scope: 'companies:write', companyId }, async (change) => {
    const { tx, company, now, tell } = change;
    const wanted = checked(update);
    if (isRefused(wanted)) return wanted;
    const after = { name: company.name, plan: company.plan, isActive: company.isActive, ...wanted };
    const changed = (['name', 'plan', 'isActive'] as const).filter((part) => after[part] !== company[part]);
    if (changed.length === 0) return company;
    const reach = { kind: 'company', companyId } as const;
    await changeCompany(tx, reach, after, now);
    await tell(
      changed.includes('isActive') ? [accessChanged(change, null)] : [],
      [{ kind: 'PLAN', subjectId: companyId, before: pick(company, changed), after: pick(after, changed) }],
    );
    return (await findCompany(tx, reach)) ?? company;
  });

const checked = ({ name, plan, isActive }: Omit<CompanyUpdate, 'companyId'>): CompanyChange | Refusal => {
  const [cleared] = Object.entries({ name, plan, isActive }).filter(([, value]) => value === null);
  if (cleared !== undefined) return badInput(`input.${cleared[0]}`, `input.${cleared[0]} is null; a company always has one. Leave it out to keep it.`);
  const text = name == null ? undefined : givenText('input.name', name);
  if (isRefused(text)) return text;
  return { ...(text !== undefined && { name: text }), ...(plan != null && { plan }), ...(isActive != null && { isActive }) };
};

const pick = <Of extends object, Part extends keyof Of>(of: Of, parts: readonly Part[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(parts.map((part) => [part, of[part]]));
