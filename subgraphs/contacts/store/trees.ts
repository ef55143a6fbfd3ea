import type { Collection } from 'mongodb';
import { within } from './database.ts';
import { isDuplicate } from './contacts.ts';
import type { ContactDocument } from './documents.ts';
import type { ReplacedTeam, TreeChange, TreeDocument, TreeWork } from './treeDocuments.ts';

/** Longest wait for one statement of background work, in ms. */
export const treeWaitMs = 10_000;
/** Longest wait for all deleted teams of all companies. */
const allReplacedMs = 60_000;
/** How long a company's standing is used without asking again; a standing that is too low is asked again sooner. */
const keptMs = 1_000;
const lowKeptMs = 200;
const companiesKept = 10_000;

const rebuild: TreeWork = { kind: 'rebuild', from: null, round: 1, after: null };

export type TreeCollections = Readonly<{
  contacts: Collection<ContactDocument>;
  trees: Collection<TreeDocument>;
  changes: Collection<TreeChange>;
  replaced: Collection<ReplacedTeam>;
}>;

/** What is known of the trees that stored tokens follow. */
export type TreeStore = Readonly<{
  /** Whether all contacts of a company have tokens, and those are right for a tree version. When in doubt no: then the rule reads team owners. */
  isSettled(companyId: string, treeVersion: number, waitMs: number): Promise<boolean>;
  /** Ask anew: a contact without tokens was written, or events were lost. */
  forget(companyId?: string): void;
  /** Makes sure that the tokens of a company are written; one that is known already is left as it is. */
  take(companyId: string): Promise<void>;
  /**
   * Whether a later tree than this one is heard of by now. Asked after a write: what was heard of only later looks for what was written
   * before, so that between the two no write is missed.
   */
  hasPassed(companyId: string, treeVersion: number): Promise<boolean>;
  /** Writes tokens onto contacts of the company that have none. */
  fill(companyId: string): Promise<void>;
  /** No stored token counts any more, of any company, nor does what was seen or is open: the versions may be of another log. */
  unsettle(): Promise<void>;
  /** All tokens of the company are made anew; until then none counts. */
  rebuild(companyId: string): Promise<void>;
  /** Notes a move or deletion. Repeating it does nothing. */
  open(change: Pick<TreeChange, '_id' | 'company_sso_id' | 'team_id' | 'version' | 'kind'>): Promise<void>;
  /** `settled` rises to just below the oldest open change, or to all that was seen. Not while there are tokens to be made anew. */
  raise(companyId: string, from?: number): Promise<void>;
  /** Keeps what took a deleted team's place. */
  replace(replaced: ReplacedTeam): Promise<void>;
  /** Teams that something took the place of, by company: all that is kept, for comparing it with teams. */
  allReplaced(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** A team stands for itself after all: teams was put back to a time before it was deleted. */
  reinstate(companyId: string, teamId: string): Promise<void>;
  /** What stands for those of some teams that were deleted, chains followed. */
  replacements(companyId: string, teamIds: readonly string[], waitMs: number): Promise<ReadonlyMap<string, string | null>>;
}>;

type Standing = Readonly<{ settled: number; at: number }>;

export const createTreeStore = ({ contacts, trees, changes, replaced }: TreeCollections, now: () => number): TreeStore => {
  const standings = new Map<string, Standing>();
  const taken = new Set<string>();
  /** Rises with each forgetting: what was read before it is not kept after it. */
  let forgettings = 0;
  const forgetAll = (): void => {
    forgettings += 1;
    standings.clear();
  };

  const standingOf = async (companyId: string, waitMs: number): Promise<Standing> => {
    const [at, before] = [now(), forgettings];
    const [tree, bare] = await within(
      waitMs,
      Promise.all([
        trees.findOne({ _id: companyId }, { projection: { settled: 1 }, maxTimeMS: waitMs }),
        contacts.findOne({ company_sso_id: companyId, is_deleted: false, scope_tokens: null as never }, { projection: { _id: 1 }, hint: 'scope_by_updated_at', maxTimeMS: waitMs }),
      ]),
    );
    const settled = tree?.settled ?? -1;
    if (bare !== null && settled >= 0) await store.fill(companyId);
    if (standings.size >= companiesKept) standings.clear();
    const standing = { settled: bare === null ? settled : -1, at };
    if (forgettings === before && (standings.get(companyId)?.at ?? at) <= at) standings.set(companyId, standing);
    return standing;
  };

  const store: TreeStore = {
    isSettled: async (companyId, treeVersion, waitMs) => {
      const known = standings.get(companyId);
      const age = known === undefined ? Infinity : now() - known.at;
      if (known !== undefined && age >= 0) {
        if (known.settled >= treeVersion && age < keptMs) return true;
        if (known.settled < treeVersion && age < lowKeptMs) return false;
      }
      return (await standingOf(companyId, waitMs)).settled >= treeVersion;
    },
    forget: (companyId) => {
      forgettings += 1;
      if (companyId === undefined) standings.clear();
      else standings.delete(companyId);
    },
    take: async (companyId) => {
      if (taken.has(companyId)) return;
      await upsert(trees, companyId);
      if (taken.size >= companiesKept) taken.clear();
      taken.add(companyId);
    },
    hasPassed: async (companyId, treeVersion) => {
      const tree = await within(treeWaitMs, trees.findOne({ _id: companyId }, { projection: { settled: 1, seen: 1 } }));
      return tree !== null && Math.max(tree.settled ?? -1, tree.seen) > treeVersion;
    },
    fill: async (companyId) => {
      const work: TreeWork = { kind: 'fill', from: null, round: 1, after: null };
      await within(treeWaitMs, trees.updateOne({ _id: companyId, work: null }, { $set: { work, due_at: new Date(0) } }));
    },
    unsettle: async () => {
      // what was seen or is open may be of another log: nothing may settle by it, nor be taken for older than it
      await within(treeWaitMs, trees.updateMany({}, { $set: { settled: null, seen: 0, work: rebuild, due_at: new Date(0) }, $inc: { attempt: 1 } }));
      await within(treeWaitMs, changes.deleteMany({}));
      forgetAll();
    },
    rebuild: async (companyId) => {
      await upsert(trees, companyId);
      // before its open changes go: a process that ends in between must not leave it settled without them
      await within(treeWaitMs, trees.updateOne({ _id: companyId }, { $set: { settled: null, seen: 0, work: rebuild, due_at: new Date(0) }, $inc: { attempt: 1 } }));
      await within(treeWaitMs, changes.deleteMany({ company_sso_id: companyId }));
      forgetAll();
    },
    open: async (change) => {
      const { _id, ...fields } = change;
      await within(treeWaitMs, changes.updateOne({ _id }, { $setOnInsert: { ...fields, clean_at: null, due_at: new Date(0), attempt: 0 } }, { upsert: true }));
      // after the change itself: what was seen is open or done
      await upsert(trees, change.company_sso_id);
      await within(treeWaitMs, trees.updateOne({ _id: change.company_sso_id }, { $max: { seen: change.version } }));
    },
    raise: async (companyId, from = 0) => {
      const tree = await within(treeWaitMs, trees.findOne({ _id: companyId }));
      if (tree === null || tree.work?.kind === 'rebuild') return;
      const oldest = await within(treeWaitMs, changes.findOne({ company_sso_id: companyId }, { sort: { version: 1 } }));
      const settled = oldest === null ? Math.max(tree.seen, from) : oldest.version - 1;
      await within(treeWaitMs, trees.updateOne({ _id: companyId, 'work.kind': { $ne: 'rebuild' } }, { $max: { settled } }));
    },
    replace: async ({ _id, ...fields }) => {
      await within(treeWaitMs, replaced.updateOne({ _id }, { $set: fields }, { upsert: true }));
    },
    allReplaced: async () => {
      const byCompany = new Map<string, string[]>();
      for (const { _id, company_sso_id } of await within(allReplacedMs, replaced.find({}, { projection: { company_sso_id: 1 } }).toArray())) {
        const ids = byCompany.get(company_sso_id) ?? [];
        ids.push(_id);
        byCompany.set(company_sso_id, ids);
      }
      return byCompany;
    },
    reinstate: async (companyId, teamId) => {
      await within(treeWaitMs, replaced.deleteOne({ _id: teamId, company_sso_id: companyId }));
    },
    replacements: async (companyId, teamIds, waitMs) => {
      const direct = new Map<string, string | null>();
      let wanted = [...new Set(teamIds)];
      while (wanted.length > 0) {
        const found = await within(waitMs, replaced.find({ _id: { $in: wanted }, company_sso_id: companyId }, { maxTimeMS: waitMs }).toArray());
        for (const { _id, to } of found) direct.set(_id, to);
        wanted = found.flatMap(({ to }) => (to === null || direct.has(to) ? [] : [to]));
      }
      return new Map([...direct.keys()].filter((id) => teamIds.includes(id)).map((id) => [id, endOf(direct, id)]));
    },
  };
  return store;
};

const upsert = async (trees: Collection<TreeDocument>, companyId: string): Promise<void> => {
  try {
    await within(treeWaitMs, trees.updateOne({ _id: companyId }, { $setOnInsert: { settled: null, seen: 0, work: rebuild, due_at: new Date(0), attempt: 0 } }, { upsert: true }));
  } catch (error) {
    // two at once: the other made it
    if (!isDuplicate(error)) throw error;
  }
};

/** The end of a chain of replacements; a ring, which teams never makes, ends at null. */
const endOf = (direct: ReadonlyMap<string, string | null>, id: string): string | null => {
  let at: string | null = id;
  for (let steps = 0; at !== null && direct.has(at); steps += 1) at = steps > direct.size ? null : (direct.get(at) ?? null);
  return at;
};
