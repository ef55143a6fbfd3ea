import type { NewCompany, Plan } from '../domain/newCompany.ts';
import type { Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** Stores a company; false when there is one with that id. */
export const insertCompany = async (tx: Transaction, { id, name, plan }: Pick<NewCompany, 'id' | 'name' | 'plan'>, now: Date): Promise<boolean> => {
  const stored = await tx.$executeRaw`
    INSERT INTO companies (id, name, plan, created_at, updated_at) VALUES (${id}::uuid, ${name}, ${plan}, ${now}, ${now}) ON CONFLICT DO NOTHING`;
  return stored === 1;
};

/** What may be changed of a company; what is left out stays. */
export type CompanyChange = Readonly<{ name?: string; plan?: Plan; isActive?: boolean }>;

/** Changes a company whose row is held. */
export const changeCompany = async (tx: Transaction, { companyId }: CompanyReach, change: CompanyChange, now: Date): Promise<void> => {
  await tx.company.update({ where: { id: companyId }, data: { ...change, updatedAt: now } });
};
