import { migrationReasons, type SquadApp } from '../domain/migrationItem.ts';
import type { App, CompletesStatus, MigrationJobStatus, MigrationOutcome, MigrationReason, TriggerStatus } from '../generated/schema.ts';

/** Stored words that checks in the database keep to the wire's. @throws when a row has another. */
const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (stored: string): Word => {
    const word = words.find((known) => known === stored);
    if (word === undefined) throw new Error(`${stored} is none of ${words.join(', ')}`);
    return word;
  };

export const toJobStatus = oneOf<MigrationJobStatus>(['PENDING', 'RUNNING', 'COMPLETED', 'COMPLETED_WITH_FAILURES', 'CANCELLED']);
export const toOutcome = oneOf<MigrationOutcome>(['PENDING', 'CREATED', 'SKIPPED', 'FAILED', 'CANCELLED']);
export const toCompletesStatus = oneOf<CompletesStatus>(['PENDING', 'EFFECTIVE', 'UNKNOWN', 'NOT_ENABLED', 'VOID']);
export const toWireApp = (stored: string): App => oneOf<App>(['CHAT', 'CRM'])(stored.toUpperCase());

const reason = oneOf<MigrationReason>(migrationReasons);
export const toReason = (stored: string | null): MigrationReason | null => (stored === null ? null : reason(stored));

const triggerStatus = oneOf<TriggerStatus>(['PENDING', 'ACCEPTED', 'FAILED', 'NOT_ENABLED']);
export const toTriggerStatus = (stored: string | null): TriggerStatus | null => (stored === null ? null : triggerStatus(stored));

/** An app as it is stored. */
export const appFromWire = { CHAT: 'chat', CRM: 'crm' } as const satisfies Record<App, SquadApp>;
