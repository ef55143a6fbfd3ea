import type { Logger } from '../../shared/logger.ts';
import type { RecordEvent } from '../../shared/metrics.ts';
import type { Peer } from '../../shared/peer.ts';
import type { Tracer } from '../../shared/tracing.ts';
import { createAuditOutbox } from '../store/auditOutbox.ts';
import type { Database } from '../store/database.ts';
import { createDerivationStore } from '../store/derivations.ts';
import type { ScopeWrites } from '../store/scopeWrites.ts';
import { deliverAudit } from './deliverAudit.ts';
import { deriveTeamOwners } from './deriveTeamOwners.ts';
import { type DueLoopOptions, startDueLoop } from './dueLoop.ts';

export type BackgroundDeps = Readonly<{
  database: Database;
  scope: ScopeWrites;
  /** Asked directly: each work has pauses of its own, which an outage makes longer. */
  teams: Peer;
  record: RecordEvent;
  logger: Logger;
  tracer: Tracer | null;
  now: () => number;
  newId: () => string;
  /** Milliseconds between looks for work that another process left. Default 2,000. */
  pollMs?: number;
}>;

/** The work of contacts that goes on without a request. */
export type Background = Readonly<{
  /** Call after a write that left work. */
  wake(): void;
  /** Waits for what is being done. */
  close(): Promise<void>;
}>;

/** Starts deriving team owners and delivering audit entries, in this process beside any number of others. */
export const startBackground = ({ database, scope, teams, record, logger, tracer, now, newId, pollMs = 2_000 }: BackgroundDeps): Background => {
  const deps = { teams, record, now, newId };
  const start = <Claimed>(name: string, given: Pick<DueLoopOptions<Claimed>, 'claim' | 'work'>) => {
    let isWell = true;
    const onFault = (error: unknown): void => {
      // Once for each outage, not with every look.
      if (isWell) logger.warn({ err: error }, `${name} is tried again`);
      isWell = false;
    };
    const time = async (): Promise<number> => {
      const at = await database.time();
      isWell = true;
      return at;
    };
    return startDueLoop({ ...given, name, tracer, time, pollMs, onFault });
  };
  const derivations = createDerivationStore(database.contacts, now, scope);
  const loops = [
    start('deriving team owners', { claim: derivations.claim, work: (claimed) => deriveTeamOwners(deps, claimed) }),
    ...[createAuditOutbox(database.contacts), createAuditOutbox(database.notes)].map(({ claim }) =>
      start('delivering audit entries', { claim, work: (claimed) => deliverAudit(deps, claimed) }),
    ),
  ];
  return {
    wake: () => loops.forEach((loop) => loop.wake()),
    close: async () => {
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
};
