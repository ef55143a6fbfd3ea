import { Counter, type Registry } from 'prom-client';
import { addReadings } from '../shared/readings.ts';
import { readBacklog } from './store/backlog.ts';
import type { Database } from './store/database.ts';

const backlogKeptMs = 10_000;

/** Adds what stands in MongoDB to `/metrics` (docs/operations.md). */
export const addContactsReadings = (registry: Registry, database: Database, now: () => number): void =>
  addReadings({
    registry,
    name: 'backlog',
    keptMs: backlogKeptMs,
    now,
    gauges: {
      one_team_due_work: { help: 'Documents with work for the background, by kind; 10,000 and more are 10,000.', labels: ['work'] },
      one_team_due_work_overdue_seconds: { help: 'For how long the longest due work has been due, 0 when none is.', labels: ['work'] },
    },
    read: async () => {
      const waiting = await readBacklog(database);
      return {
        one_team_due_work: waiting.map(({ work, documents }) => ({ labels: { work }, value: documents })),
        one_team_due_work_overdue_seconds: waiting.map(({ work, overdueSeconds }) => ({ labels: { work }, value: overdueSeconds })),
      };
    },
  });

/** How far a request saw: nothing to everything by its level, own for want of teams (fallback), or not at all for want of them (unavailable). */
export const scopes = ['nothing', 'own', 'team', 'everything', 'fallback', 'unavailable'] as const;
export type CountScope = (scope: (typeof scopes)[number]) => void;

/** Counts requests by how far they saw, once for each action of each: what fallbacks are a share of (SPEC §5). */
export const createScopeCounter = (registry: Registry): CountScope => {
  const counter = new Counter({
    name: 'one_team_scoped_requests_total',
    help: 'Requests by how far they saw contacts or notes, once for each action.',
    labelNames: ['scope'],
    registers: [registry],
  });
  for (const scope of scopes) counter.inc({ scope }, 0);
  return (scope) => counter.inc({ scope });
};
