import { Counter, type Registry } from 'prom-client';

/** Counts contacts whose stored tokens were not what they should be when a background look repaired them; `differs` is a fault of ours. */
export const createDriftCounter = (registry: Registry): ((kind: 'missing' | 'differs', contacts: number) => void) => {
  const counter = new Counter({
    name: 'one_team_scope_drift_total',
    help: 'Contacts whose stored scope tokens were missing, or differed from what the tree says, when they were repaired.',
    labelNames: ['kind'],
    registers: [registry],
  });
  return (kind, contacts) => counter.inc({ kind }, contacts);
};
