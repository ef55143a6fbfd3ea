import type { Logger } from '../../shared/logger.ts';
import { startLoop } from '../../shared/loop.ts';
import { type Peer, PeerUnavailable } from '../../shared/peer.ts';
import type { Tracer } from '../../shared/tracing.ts';
import { followTree } from '../events/followTree.ts';
import { storeTreeEvent } from '../events/treeEvents.ts';
import type { LineageOf } from '../lineage.ts';
import { createCompanyTeams } from '../store/companyTeams.ts';
import type { Database } from '../store/database.ts';
import { createFollowerStore } from '../store/follower.ts';
import { createScopeRewrite } from '../store/scopeRewrite.ts';
import { createScopeWrites } from '../store/scopeWrites.ts';
import type { TreeStore } from '../store/trees.ts';
import { createTreeWorkStore } from '../store/treeWork.ts';
import { compareTeams } from './compareTeams.ts';
import { startDueLoop } from './dueLoop.ts';
import { followTreeChange } from './followTreeChange.ts';
import { writeTokens } from './writeTokens.ts';

/** How the background work on scope goes about, all in ms. */
export type TreeTimes = Readonly<{
  /** Between looks for work that another process left. Default 2,000. */
  pollMs: number;
  /** The longest time that a write of a contact may take. Default 30,000. */
  longestWriteMs: number;
  /** Between two looks for drift in a company. Default a day. */
  checkEveryMs: number;
  /** Between two looks for companies whose contacts came from elsewhere. Default 10 minutes. */
  sweepEveryMs: number;
}>;

export const treeTimes: TreeTimes = { pollMs: 2_000, longestWriteMs: 30_000, checkEveryMs: 86_400_000, sweepEveryMs: 600_000 };

export type TreeBackgroundDeps = Readonly<{
  database: Database;
  trees: TreeStore;
  teams: Peer;
  lineageOf: LineageOf;
  onDrift: (kind: 'missing' | 'differs', contacts: number) => void;
  logger: Logger;
  tracer: Tracer | null;
  now: () => number;
  newId: () => string;
  times: TreeTimes;
}>;

export type TreeBackground = Readonly<{
  /** Whether events of teams that were missed have not been made up for yet. */
  isComparing(waitMs: number): Promise<boolean>;
  close(): Promise<void>;
}>;

const retryMs = 1_000;

/** Starts what keeps stored tokens and team owners up with the trees of teams, in this process beside any number of others. */
export const startTreeBackground = (deps: TreeBackgroundDeps): TreeBackground => {
  const { database, trees, teams, lineageOf, logger, tracer, now, newId, times } = deps;
  const { time } = database;
  const said = new Set<string>();
  const onFault = (name: string) => (error: unknown): void => {
    // An outage of teams is said once, not with every look.
    if (error instanceof PeerUnavailable && said.has(name)) return;
    if (error instanceof PeerUnavailable) said.add(name);
    logger.warn({ err: error }, `${name} is tried again`);
  };
  const scope = createScopeWrites({ contacts: database.contacts, trees, lineageOf, onFault: onFault('mending a contact'), now, newId });
  const rewrite = createScopeRewrite(database.contacts, lineageOf, trees);
  const companyTeams = createCompanyTeams(database.contacts);
  const work = createTreeWorkStore(database.trees, database.changes);
  const follower = createFollowerStore(database.followers);

  const changes = startDueLoop({
    name: 'following a change of the tree',
    tracer,
    time,
    claim: work.claimChange,
    work: async (claimed) => {
      try {
        await followTreeChange({ trees, rewrite, scope, time, longestWriteMs: times.longestWriteMs }, claimed);
      } catch (error) {
        await claimed.postpone((await time()) + retryMs);
        throw error;
      }
    },
    pollMs: times.pollMs,
    onFault: onFault('following a change of the tree'),
  });
  const tokens = startDueLoop({
    name: 'writing tokens',
    tracer,
    time,
    claim: work.claimTree,
    work: async (claimed) => {
      try {
        await writeTokens({ work, rewrite, lineageOf, onDrift: deps.onDrift, onFilled: trees.forget, time, longestWriteMs: times.longestWriteMs, checkEveryMs: times.checkEveryMs }, claimed);
      } catch (error) {
        await claimed.postpone((await time()) + retryMs);
        throw error;
      }
    },
    pollMs: times.pollMs,
    onFault: onFault('writing tokens'),
  });
  const following = followTree({
    teams,
    follower,
    store: (entry) => storeTreeEvent(trees, entry),
    unsettle: trees.unsettle,
    compare: (hold) => compareTeams({ teams, trees, companyTeams, scope, now, newId }, hold),
    wake: () => {
      changes.wake();
      tokens.wake();
    },
    time,
    now,
    newId,
    pollMs: times.pollMs,
    onFault: onFault('following the trees of teams'),
  });
  const sweep = startLoop({
    pass: async () => {
      for (const companyId of await companyTeams.companies()) await trees.take(companyId);
      return false;
    },
    pollMs: times.sweepEveryMs,
    onFault: onFault('looking for companies'),
  });
  return {
    isComparing: follower.isComparing,
    close: async () => {
      await Promise.all([following, changes, tokens, sweep].map((loop) => loop.close()));
    },
  };
};
