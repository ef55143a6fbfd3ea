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

test('the position moves only after the work of all events up to it is stored; after a fault they are all stored again', async () => {
  const steps: string[] = [];
  let state: FollowerDocument = { _id: 'teams', log: 'one', position: 0, comparing: false, due_at: new Date(0), attempt: 1 };
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
  let faults = 1;
  const following = followTree({
    teams: feedOf(4),
    follower,
    store: async ({ position }) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (position === 4 && faults > 0) {
        faults -= 1;
        throw new Error('the database went away');
      }
      steps.push(`stored ${String(position)}`);
      return true;
    },
    unsettle: () => Promise.resolve(),
    compare: () => Promise.resolve(),
    wake: () => undefined,
    time: () => Promise.resolve(0),
    now: () => 0,
    newId: () => 'id',
    pollMs: 1,
    onFault: () => steps.push('fault'),
  });
  await until(() => state.position === 4);
  await following.close();
  expect(steps).toEqual(['stored 1', 'stored 2', 'at 2', 'stored 3', 'fault', 'stored 3', 'stored 4', 'at 4']);
});
