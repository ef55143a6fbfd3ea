import { expect, test } from '@jest/globals';
import { createProgressHub, followLimits } from '../../../gateway/progressHub.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';
import type { Peer } from '../../../subgraphs/shared/peer.ts';
import type { JobProgress, TeamsApi } from '../../../subgraphs/shared/teamsApi.ts';
import type { Service } from '../../../subgraphs/shared/viewer.ts';
import { until } from '../../support/until.ts';

const squad = (id: string): Service => ({ kind: 'service', id, scopes: ['teams:migrate:chat'], platform: 'web' });
const known: JobProgress = { status: 'RUNNING', processed: 0, total: 9 };
const moved: JobProgress = { ...known, processed: 1 };

test('500 followed jobs are no more than 32 questions that wait at teams, 16 of one squad; each job is asked about in turn, and hears its news', async () => {
  const waiting = new Map<string, () => void>();
  let most = 0;
  let hasMoved = false;
  const teams: Peer = {
    call: async ({ body }) => {
      const { jobId, known: seen } = body as TeamsApi['jobProgress']['request'];
      if (!hasMoved || seen?.processed === 1) {
        await new Promise<void>((resolve) => waiting.set(jobId, resolve));
        waiting.delete(jobId);
      }
      most = Math.max(most, waiting.size);
      return { status: 200, body: { progress: hasMoved ? moved : known } };
    },
    close: () => Promise.resolve(),
  };
  const hub = createProgressHub({ teams, now: Date.now, newId: () => 'id', logger: createLogger({ name: 'test', level: 'silent' }) });
  const news: string[] = [];
  const follow = (id: string, who: string) => hub.follow(id, squad(who), known, (progress) => { if (progress?.processed === 1) news.push(id); });
  for (let n = 0; n < 250; n += 1) follow(`one ${String(n)}`, 'one');
  await until(() => waiting.size === followLimits.each);
  for (let n = 0; n < 250; n += 1) follow(`two ${String(n)}`, 'two');
  await until(() => waiting.size === followLimits.all);
  hasMoved = true;
  await until(() => {
    // what has had its news waits again, and ends its wait without any
    for (const answer of [...waiting.values()]) answer();
    return news.length === 500;
  });
  expect(most).toBeLessThanOrEqual(followLimits.all);
  expect(new Set(news).size).toBe(500);
  hub.close();
});
