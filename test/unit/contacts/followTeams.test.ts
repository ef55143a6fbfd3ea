import { expect, test } from '@jest/globals';
import { followTeams } from '../../../subgraphs/contacts/events/followTeams.ts';
import { createKnownPeople } from '../../../subgraphs/contacts/knownPeople.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';
import type { Peer } from '../../../subgraphs/shared/peer.ts';
import type { FeedEntry, FeedPage } from '../../../subgraphs/shared/teamsApi.ts';
import { until } from '../../support/until.ts';

const entry = (type: string, occurredAt: string): FeedEntry => ({ position: 1, eventId: 'e1', type, companyId: 'c1', aggregateId: 'c1', occurredAt, payload: {} });
const page = (given: Partial<FeedPage> = {}): FeedPage => ({ log: 'one', entries: [], position: 0, lost: false, ...given });

/** Follows a feed of some pages; answers what was forgotten because of them. */
const forgottenBy = async (...pages: readonly FeedPage[]): Promise<string[]> => {
  const forgotten: string[] = [];
  let told = 0;
  const teams: Peer = {
    call: async () => {
      const body = pages[told];
      told += 1;
      return body === undefined ? new Promise(() => undefined) : { status: 200, body };
    },
    close: () => Promise.resolve(),
  };
  const access = { forgetCompany: (id: string, mayBeLevels: boolean) => void forgotten.push(`${id}${mayBeLevels ? ' with levels' : ''}`), forgetAll: () => void forgotten.push('all') };
  const stop = followTeams({ teams, access, known: createKnownPeople(), now: () => 0, logger: createLogger({ name: 'contacts', level: 'silent' }), correlationId: 'x' });
  await until(() => told > pages.length);
  stop();
  return forgotten;
};

test('what was learnt before the place where the feed is read from is forgotten: a change before it is never heard of', async () => {
  expect(await forgottenBy(page())).toEqual(['all']);
});

test('an event that may be about levels forgets them however old it says it is, one of the tree does not; lost events forget all', async () => {
  const entries = [entry('ACCESS_CHANGED', '2000-01-01T00:00:00.000Z'), entry('TEAM_UPDATED', '2099-01-01T00:00:00.000Z')];
  expect(await forgottenBy(page(), page({ entries }), page({ lost: true }))).toEqual(['all', 'c1 with levels', 'c1', 'all']);
});

test('who was active by an answer to a question from before lost events is not known to be', () => {
  const known = createKnownPeople();
  known.heard('c1', 'p1', true, 90);
  known.forgetAll(100);
  known.answered('c1', 'p1', true, 100);
  expect(known.isActive('c1', 'p1')).toBe(false);
  known.answered('c1', 'p1', true, 101);
  expect(known.isActive('c1', 'p1')).toBe(true);
});
