import type { Batch, ScopeRewrite } from '../store/scopeRewrite.ts';
import type { TreeWork } from '../store/treeDocuments.ts';
import { type ClaimedTree, treeLeaseMs, type TreeWorkStore } from '../store/treeWork.ts';
import type { LineageOf } from '../lineage.ts';
import { PeerUnavailable } from '../../shared/peer.ts';

export type WriteTokensDeps = Readonly<{
  work: Pick<TreeWorkStore, 'oldestOpen' | 'treeOf'>;
  rewrite: ScopeRewrite;
  lineageOf: LineageOf;
  /** Contacts that had other tokens than they should, or none. */
  onDrift: (kind: 'missing' | 'differs', contacts: number) => void;
  /** The company has tokens on all its contacts now. */
  onFilled: (companyId: string) => void;
  time: () => Promise<number>;
  longestWriteMs: number;
  /** Between two checks of a company, in ms. */
  checkEveryMs: number;
}>;

const answerMs = 2_000;

/**
 * One attempt to write what a company's tokens need: all of them anew, those that are missing, or, when nothing else is to do, a look for
 * drift. Begins where the last attempt ended. @throws PeerUnavailable
 */
export const writeTokens = async (deps: WriteTokensDeps, claimed: ClaimedTree): Promise<void> => {
  const { tree } = claimed;
  const begun = await begin(deps, tree._id, tree.work ?? { kind: 'check', from: null, round: 1, after: null });
  const hold = async (work: TreeWork): Promise<boolean> => claimed.save(work, (await deps.time()) + treeLeaseMs);
  if (!(await hold(begun))) return;
  const isDone = begun.kind === 'fill' ? await fill(deps, tree._id, () => hold(begun)) : await walk(deps, tree._id, begun, hold);
  if (!isDone) return;
  const now = await deps.time();
  if (begun.kind === 'rebuild' && begun.round === 1) {
    await claimed.save({ ...begun, round: 2, after: null }, now + deps.longestWriteMs);
    return;
  }
  // what was seen is read before what is open: all that was seen is open by then, or done
  const seen = (await deps.work.treeOf(tree._id))?.seen ?? 0;
  const oldest = await deps.work.oldestOpen(tree._id);
  // only what was made anew, twice, follows the tree that it began at, whether or not the feed has told of it
  const reached = begun.kind === 'rebuild' ? Math.max(seen, begun.from ?? 0) : seen;
  if (await claimed.finish(oldest === null ? reached : oldest - 1, now + deps.checkEveryMs)) deps.onFilled(tree._id);
};

const begin = async ({ lineageOf }: WriteTokensDeps, companyId: string, work: TreeWork): Promise<TreeWork> => {
  if (work.from !== null) return work;
  const lineage = await lineageOf(companyId, [], answerMs);
  if (lineage === null) throw new PeerUnavailable('teams did not answer ancestors in time');
  return { ...work, from: lineage.treeVersion };
};

const walk = async (deps: WriteTokensDeps, companyId: string, begun: TreeWork, hold: (work: TreeWork) => Promise<boolean>): Promise<boolean> => {
  let { after } = begun;
  for (;;) {
    const batch = await deps.rewrite.walk(companyId, after, begun.kind === 'rebuild');
    if (begun.kind === 'check') await countDrift(deps, companyId, batch);
    if (batch.last === null) return true;
    after = batch.last;
    if (!(await hold({ ...begun, after }))) return false;
  }
};

/** While a change is open tokens differ as they should; what differs beyond that is drift. */
const countDrift = async ({ work, onDrift }: WriteTokensDeps, companyId: string, { missing, differing, treeVersion }: Batch): Promise<void> => {
  if (missing > 0) onDrift('missing', missing);
  if (differing === 0) return;
  const settled = (await work.treeOf(companyId))?.settled ?? -1;
  if (settled >= treeVersion) onDrift('differs', differing);
};

const fill = async ({ rewrite }: WriteTokensDeps, companyId: string, hold: () => Promise<boolean>): Promise<boolean> => {
  for (;;) {
    const batch = await rewrite.fill(companyId);
    if (batch.seen === 0) return true;
    if (!(await hold())) return false;
  }
};
