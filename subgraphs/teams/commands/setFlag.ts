import type { Flag } from '../../shared/access/permissions.ts';
import { badInput, conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { coverageFault } from '../domain/coverageGate.ts';
import { givenText } from '../domain/given.ts';
import { effectiveFlag } from '../domain/levels.ts';
import { append } from '../events/append.ts';
import { insertAuditEntries } from '../store/auditEntries.ts';
import { findCoverage } from '../store/coverage.ts';
import type { Transaction } from '../store/database.ts';
import { findFollowers, writeFlag, writeFlagDefault } from '../store/flagWrites.ts';
import { accessChanged } from './accessChanged.ts';
import { asService, type ServiceChange, serviceWith } from './asService.ts';
import type { CommandDeps } from './commandDeps.ts';
import { auditRecord } from './inCompany.ts';

/** A flag's value for a company, or with `companyId` null its global default; value null goes back to that default, or to none. */
export type FlagSetting = Readonly<{
  flag: Flag;
  companyId: string | null;
  value: boolean | null;
  /** Turns `cdp_team_permission_enabled` on in spite of its coverage gate; needs a reason, which is recorded. */
  force: boolean;
  reason: string | null;
}>;

/**
 * Sets a flag (SPEC §2.5). `cdp_team_permission_enabled` is CONFLICT on the plan starter, and while its coverage gate is shut unless forced; it has no
 * global default. Publishing again lets the relay release what was withheld.
 */
export const setFlag = async (deps: CommandDeps, viewer: Viewer, setting: FlagSetting): Promise<true | Refusal> => {
  const service = serviceWith(viewer, 'flags:write');
  if (isRefused(service)) return service;
  const reason = setting.reason === null ? null : givenText('input.reason', setting.reason);
  if (isRefused(reason)) return reason;
  if (setting.force && reason === null) return badInput('input.reason', 'input.reason is missing; whoever forces a flag says why.');
  const { companyId } = setting;
  if (companyId === null) return setDefault(deps, setting, service.id);
  return asService(deps, viewer, { scope: 'flags:write', companyId }, (change) => setOfCompany(change, setting));
};

const teamFlag: Flag = 'cdp_team_permission_enabled';

const setOfCompany = async (change: ServiceChange, { flag, value, force, reason }: FlagSetting): Promise<true | Refusal> => {
  const { tx, companyId, tell } = change;
  const reach = { kind: 'company', companyId } as const;
  const before = await writeFlag(tx, reach, flag, value);
  if (before === value) return true;
  // a refusal takes the write back
  const refusal = flag === teamFlag && value === true ? await gateRefusal(change, force) : null;
  if (refusal !== null) return refusal;
  const why = { ...(force && { forced: true }), ...(reason !== null && { reason }) };
  await tell([accessChanged(change, null)], [{ kind: 'FLAG', subjectId: flag, before: { value: before }, after: { value, ...why } }]);
  return true;
};

const gateRefusal = async ({ tx, company }: ServiceChange, force: boolean): Promise<Refusal | null> => {
  if (company.plan === 'starter') return conflict(`CDP_TEAM_PERMISSION_ENABLED is not to be had on the plan STARTER, which company ${company.id} has.`);
  const fault = force ? null : coverageFault(await findCoverage(tx, { kind: 'company', companyId: company.id }));
  return fault === null ? null : conflict(`CDP_TEAM_PERMISSION_ENABLED stays off: ${fault}. input.force with a reason turns it on all the same.`);
};

/** What one statement writes of. */
const companiesAtOnce = 1_000;

const setDefault = async (deps: CommandDeps, setting: FlagSetting, actorService: string): Promise<true | Refusal> => {
  const { flag, value } = setting;
  if (flag === teamFlag) return badInput('input.companySsoId', 'input.companySsoId is missing; CDP_TEAM_PERMISSION_ENABLED has no global default.');
  const now = new Date(deps.now());
  await deps.database.transaction(async (tx) => {
    const before = await writeFlagDefault(tx, flag, value);
    if (before === value) return;
    const followers = effectiveFlag(flag, null, before) === effectiveFlag(flag, null, value) ? [] : await findFollowers(tx, flag);
    for (let from = 0; from < followers.length; from += companiesAtOnce) {
      await tellFollowers(tx, deps, followers.slice(from, from + companiesAtOnce), { setting, before, now, actorService });
    }
  });
  deps.wakeRelay();
  return true;
};

type DefaultChange = Readonly<{ setting: FlagSetting; before: boolean | null; now: Date; actorService: string }>;

/** The companies for which a global default counts find its change in their audit logs, and their people's caches hear of it. */
const tellFollowers = async (tx: Transaction, { newId }: CommandDeps, companyIds: readonly string[], of: DefaultChange): Promise<void> => {
  const { setting, before, now, actorService } = of;
  const { flag, value, reason } = setting;
  const audited = { kind: 'FLAG', subjectId: flag, before: { globalDefault: before }, after: { globalDefault: value, ...(reason !== null && { reason }) } } as const;
  await append(tx, companyIds.map((companyId) => accessChanged({ companyId, now, newId }, null)));
  await insertAuditEntries(tx, companyIds.map((companyId) => auditRecord(audited, { id: newId(), companyId, now, actorService })));
};
