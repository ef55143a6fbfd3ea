import type { DomainEvent } from '../../shared/metrics.ts';
import { isUuid } from '../../shared/text.ts';
import type { NewEvent } from '../events/catalog.ts';
import { append } from '../events/append.ts';
import { canStayOpen, type KeptItem, type SquadApp, sourceOf } from '../domain/migrationItem.ts';
import { type Outcome, planCompany } from '../domain/migrationPlan.ts';
import type { Transaction } from '../store/database.ts';
import type { ItemResult } from '../store/migrationItems.ts';
import type { Counts } from '../store/migrationJobs.ts';
import { addToRun, closeFailures, type Failure, openFailures } from '../store/migrationRuns.ts';
import { insertMigratedTeams, lockCompanies, type NewMigratedTeam, readFacts } from '../store/migrationTargets.ts';

export type Push = Readonly<{
  app: SquadApp;
  /** Null: a dry run, whose outcomes touch nothing. */
  runId: string | null;
  now: Date;
  newId: () => string;
}>;

/** What came of some items, and what is to be recorded once it is committed. */
export type Applied = Readonly<{ results: readonly ItemResult[]; counts: Counts; recorded: readonly DomainEvent[] }>;

/** The company that items belong to; '' for those that name none that could be. */
export const companyOf = ({ companyRef }: KeptItem): string => (companyRef !== null && isUuid(companyRef) ? companyRef : '');

/** Locks the companies and decides what becomes of their items, as things stand in this transaction. */
export const planItems = async (tx: Transaction, app: SquadApp, itemsOf: ReadonlyMap<string, readonly KeptItem[]>): Promise<readonly Outcome[]> => {
  const ids = [...itemsOf.keys()].filter((id) => id !== '').sort();
  const facts = await readFacts(tx, sourceOf[app], itemsOf, await lockCompanies(tx, ids));
  const plans = [...itemsOf].map(([id, items]) =>
    planCompany(items, facts.get(id) ?? { closed: 'unknown', teams: new Map(), tombstones: new Map(), levels: new Map() }),
  );
  const all = plans.flat();
  return [...all.filter(({ kind }) => kind === 'fail'), ...all.filter(({ kind }) => kind !== 'fail')];
};

/** Carries outcomes out: teams with their events, run totals, failures; all in the transaction that planned them. */
export const applyOutcomes = async (tx: Transaction, push: Push, outcomes: readonly Outcome[]): Promise<Applied> => {
  const { app, runId, now } = push;
  const source = sourceOf[app];
  const idOf = new Map<number, string>();
  const teams: NewMigratedTeam[] = [];
  if (runId !== null) {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'create') continue;
      const { item, parent } = outcome;
      const id = push.newId();
      idOf.set(item.index, id);
      teams.push({
        id,
        companyId: item.companyRef ?? '',
        name: `${source} - ${item.name ?? ''}`,
        parentId: parent.kind === 'root' ? null : parent.kind === 'team' ? parent.id : (idOf.get(parent.index) ?? missing(parent.index)),
        referenceId: item.appIdentifierId ?? '',
      });
    }
  }
  const results = outcomes.map((outcome) => resultOf(outcome, idOf));
  const counts = countsOf(results);
  if (runId === null) return { results, counts, recorded: [] };
  await insertMigratedTeams(tx, source, teams, now);
  await append(tx, teams.map((team) => migratedEvent(team, push)));
  const byPlace = outcomes.map(({ item }, place) => ({ item, result: results[place] }));
  await openFailures(tx, { app, runId, now }, byPlace.flatMap(({ item, result }) => failureOf(item, result)));
  await closeFailures(
    tx,
    app,
    byPlace.flatMap(({ item, result }) =>
      result?.outcome === 'FAILED' ? [] : [{ companyId: item.companyRef ?? '', appIdentifierId: item.appIdentifierId ?? '' }],
    ),
  );
  await addToRun(tx, runId, app, totalsByCompany(byPlace));
  return { results, counts, recorded: [...teams.map((team) => migratedRecord(team, app)), ...byPlace.flatMap((at) => failedRecord(at.item, at.result, app))] };
};

const missing = (index: number): never => {
  throw new Error(`the plan has an item before its parent, items[${index}]`);
};

const resultOf = (outcome: Outcome, idOf: ReadonlyMap<number, string>): ItemResult => {
  const { index } = outcome.item;
  const nothing = { index, reason: null, message: null, teamId: null };
  switch (outcome.kind) {
    case 'create':
      return { ...nothing, outcome: 'CREATED', teamId: idOf.get(index) ?? null };
    case 'exists':
      return { ...nothing, outcome: 'SKIPPED', teamId: outcome.teamId };
    case 'duplicate':
      return { ...nothing, outcome: 'SKIPPED', teamId: idOf.get(outcome.of) ?? null };
    case 'deleted':
      return { ...nothing, outcome: 'SKIPPED', reason: 'DELETED' };
    case 'fail':
      return { ...nothing, outcome: 'FAILED', ...outcome.fault };
    default:
      return outcome satisfies never;
  }
};

const countsOf = (results: readonly ItemResult[]): Counts => ({
  created: results.filter(({ outcome }) => outcome === 'CREATED').length,
  skipped: results.filter(({ outcome }) => outcome === 'SKIPPED').length,
  failed: results.filter(({ outcome }) => outcome === 'FAILED').length,
});

const migratedEvent = (team: NewMigratedTeam, { app, now, newId }: Push): NewEvent => ({
  eventId: newId(),
  type: 'TEAM_MIGRATED',
  companyId: team.companyId,
  aggregateId: team.id,
  occurredAt: now,
  payload: {
    team_name: team.name,
    app,
    app_identifier_id: team.referenceId,
    source_identifier: sourceOf[app],
    company_sso_id: team.companyId,
    parent_id: team.parentId,
    members: [],
    created_by_sso_id: '',
  },
});

const migratedRecord = (team: NewMigratedTeam, app: SquadApp): DomainEvent => ({
  event: 'team_migrated',
  cid: team.companyId,
  team_id: team.id,
  source_identifier: sourceOf[app],
  app,
  app_identifier_id: team.referenceId,
  team_name: team.name,
});

type Placed = Readonly<{ item: KeptItem; result: ItemResult | undefined }>;

const failedRecord = (item: KeptItem, result: ItemResult | undefined, app: SquadApp): readonly DomainEvent[] =>
  result?.outcome === 'FAILED'
    ? [{ event: 'team_migration_failed', cid: companyOf(item) === '' ? null : companyOf(item), source: sourceOf[app], reason: result.reason ?? 'INTERNAL' }]
    : [];

const failureOf = (item: KeptItem, result: ItemResult | undefined): readonly Failure[] => {
  const ref = item.appIdentifierId;
  if (result?.outcome !== 'FAILED' || result.reason === null || companyOf(item) === '' || ref === null) return [];
  const { reason } = result;
  return canStayOpen(item, reason) ? [{ companyId: companyOf(item), appIdentifierId: ref, reason }] : [];
};

const totalsByCompany = (placed: readonly Placed[]): ReadonlyMap<string, Counts> => {
  const totals = new Map<string, { created: number; skipped: number; failed: number }>();
  for (const { item, result } of placed) {
    const ref = item.companyRef ?? '';
    const total = totals.get(ref) ?? { created: 0, skipped: 0, failed: 0 };
    if (result?.outcome === 'CREATED') total.created += 1;
    else if (result?.outcome === 'SKIPPED') total.skipped += 1;
    else total.failed += 1;
    totals.set(ref, total);
  }
  return totals;
};
