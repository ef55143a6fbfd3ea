import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../subgraphs/shared/metrics.ts';
import type { Service } from '../../subgraphs/shared/viewer.ts';
import type { GeneralTeamDeps } from '../../subgraphs/teams/commands/generalTeam.ts';
import type { GivenCompany } from '../../subgraphs/teams/domain/newCompany.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';

/** May create and change companies. */
export const founder: Service = { kind: 'service', id: 'billing', scopes: ['companies:write'], platform: 'openapi' };

/** What commands stand on, over a database; `recorded` collects the domain events. */
export const depsOf = (database: Database, rest: Partial<GeneralTeamDeps> = {}): Readonly<{ deps: GeneralTeamDeps; recorded: DomainEvent[] }> => {
  const recorded: DomainEvent[] = [];
  const deps = { database, now: Date.now, newId: randomUUID, record: (event: DomainEvent) => void recorded.push(event), wakeRelay: () => undefined, ...rest };
  return { deps, recorded };
};

/** A new company as the mutation and the event give it. */
export const givenCompany = (): GivenCompany => {
  const id = randomUUID();
  return { id, name: 'Acme', plan: 'growth', ownerId: randomUUID(), ownerEmail: `Olga@${id}.example`, ownerFullName: 'Olga' };
};

/** The same as a message of `company.events.v1`. */
export const companyCreated = (of: GivenCompany, rest: object = {}): string =>
  JSON.stringify({
    event_id: randomUUID(),
    event_type: 'COMPANY_CREATED',
    aggregate_type: 'company',
    aggregate_id: of.id,
    version: '1',
    occurred_at: '2026-07-01T03:00:00.000Z',
    payload: { company_sso_id: of.id, name: of.name, plan: of.plan, owner_sso_id: of.ownerId, owner_email: of.ownerEmail, owner_full_name: of.ownerFullName },
    ...rest,
  });

/** Makes Postgres refuse rows of a table that fulfil a condition, `times` of them or all; answers with what ends it. */
export const refuseRows = async ({ prisma }: Database, table: 'teams' | 'users' | 'companies', condition: string, times: number | null = null): Promise<() => Promise<void>> => {
  const name = `fault_${randomUUID().replaceAll('-', '')}`;
  await prisma.$executeRawUnsafe(`CREATE SEQUENCE ${name}`);
  // a sequence counts also in transactions that are taken back
  await prisma.$executeRawUnsafe(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF ${condition} AND (${String(times)}::int IS NULL OR nextval('${name}') <= ${String(times)}::int) THEN RAISE EXCEPTION 'refused by a test'; END IF;
    RETURN NEW; END $$`);
  await prisma.$executeRawUnsafe(`CREATE TRIGGER ${name} BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`);
  return async () => {
    await prisma.$executeRawUnsafe(`DROP TRIGGER IF EXISTS ${name} ON ${table}`);
  };
};

/** What there is of a company: as many of each. */
export const countsOf = async ({ prisma }: Database, companyId: string) => ({
  companies: await prisma.company.count({ where: { id: companyId } }),
  owners: await prisma.user.count({ where: { companyId, role: 'OWNER', isActive: true } }),
  general: await prisma.team.count({ where: { companyId, isDefault: true, name: 'General' } }),
  teams: await prisma.team.count({ where: { companyId } }),
  created: await prisma.event.count({ where: { companyId, eventType: 'TEAM_CREATED' } }),
});
