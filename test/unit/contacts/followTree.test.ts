import { expect, test } from '@jest/globals';
import { followTree } from '../../../subgraphs/contacts/events/followTree.ts';
import type { FollowerStore } from '../../../subgraphs/contacts/store/follower.ts';
import type { FollowerDocument } from '../../../subgraphs/contacts/store/treeDocuments.ts';
import type { Peer } from '../../../subgraphs/shared/peer.ts';
import type { FeedPage, TeamsApi } from '../../../subgraphs/shared/teamsApi.ts';
import { until } from '../../support/until.ts';

const entryAt = (position: number): FeedPage['entries'][number] => ({ position, eventId: `e${String(position)}`, type: 'TEAM_DELETED', companyId: 'c', aggregateId: 't', occurredAt: '2026-01-01T00:00:00.000Z', payload: {} });

/** A feed of so many events, which answers two at a time and then waits. */
const feedOf = (count: number): Peer => ({
  call: async ({ body }) => {
    const from = (body as TeamsApi['feed']['request']).after?.position ?? 0;
    if (from >= count) await new Promise(() => undefined);
    const entries = Array.from({ length: Math.min(2, count - from) }, (_, n) => entryAt(from + n + 1));
    return { status: 200, body: { log: 'one', entries, position: from + entries.length, lost: false } satisfies FeedPage };
  },
  close: () => Promise.resolve(),
});

type Followed = Readonly<{ steps: string[]; state: () => FollowerDocument; close: () => Promise<void> }>;

/** Follows from a position of log one; what it does is in `steps`. `fails` says which event cannot be stored yet. */
const follow = (teams: Peer, fails: (position: number) => boolean = () => false): Followed => {
  const steps: string[] = [];
  let state: FollowerDocument = { _id: 'teams', log: 'one', position: 0, comparing: false, due_at: new Date(0), attempt: 1 };
  const done = (step: string) => (): Promise<void> => Promise.resolve(void steps.push(step));
  const follower: FollowerStore = {
    claim: () =>
      Promise.resolve({
        state,
        move: (to) => {
          state = { ...state, ...to };
          steps.push(`at ${String(to.position)}`);
          return Promise.resolve(true);
        },
        hold: () => Promise.resolve(true),
        release: () => Promise.resolve(),
      }),
    isComparing: () => Promise.resolve(false),
  };
  const following = followTree({
    teams,
    follower,
    store: async ({ position }) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (fails(position)) throw new Error('the database went away');
      steps.push(`stored ${String(position)}`);
      return true;
    },
    unsettle: done('unsettled'),
    compare: done('compared'),
    wake: () => undefined,
    time: () => Promise.resolve(0),
    now: () => 0,
    newId: () => 'id',
    pollMs: 1,
    onFault: () => steps.push('fault'),
  });
  return { steps, state: () => state, close: following.close };
};

test('the position moves only after the work of all events up to it is stored; after a fault they are all stored again', async () => {
  let faults = 1;
  const { steps, state, close } = follow(feedOf(4), (position) => {
    if (position !== 4 || faults === 0) return false;
    faults -= 1;
    return true;
  });
  await until(() => state().position === 4);
  await close();
  expect(steps).toEqual(['stored 1', 'stored 2', 'at 2', 'stored 3', 'fault', 'stored 3', 'stored 4', 'at 4']);
});

test.each<[string, Partial<FeedPage>]>([['events that were removed meanwhile', { lost: true }], ['another log', { log: 'two' }]])(
  '%s: no tokens count as settled before the position moves past them, and teams are compared before the next is read',
  async (_what, page) => {
    let questions = 0;
    const teams: Peer = {
      call: async () => {
        questions += 1;
        if (questions > 1) await new Promise(() => undefined);
        return { status: 200, body: { log: 'one', entries: [], position: 7, lost: false, ...page } satisfies FeedPage };
      },
      close: () => Promise.resolve(),
    };
    const { steps, state, close } = follow(teams);
    await until(() => questions > 1);
    await close();
    expect([steps, state().comparing]).toEqual([['unsettled', 'at 7', 'compared', 'at 7'], false]);
  },
);
