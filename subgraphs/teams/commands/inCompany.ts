import { forbidden, isRefused, type Refusal, unauthenticated } from '../../shared/errors.ts';
import type { AuditKind, AuditRecord } from '../../shared/teamsApi.ts';
import { isUuid } from '../../shared/text.ts';
import type { Access, Viewer } from '../../shared/viewer.ts';
import { append } from '../events/append.ts';
import type { NewEvent } from '../events/catalog.ts';
import { findAccess } from '../store/access.ts';
import { insertAuditEntries } from '../store/auditEntries.ts';
import { lockCompany } from '../store/companies.ts';
import type { Transaction } from '../store/database.ts';
import type { CommandDeps } from './commandDeps.ts';

/** What a person changes: audit kind, subject, and what it was before and after. Ids and settings only, no personal data. */
export type Audited = Readonly<{
  kind: AuditKind;
  subjectId: string | null;
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>> | null;
}>;

/** One change of a company, while its row is held. */
export type Change = Readonly<{
  tx: Transaction;
  companyId: string;
  /** The rights of whoever does it, read in this transaction. */
  access: Access;
  now: Date;
  newId: () => string;
  /** Writes events and audit entries with the change. */
  tell(events: readonly NewEvent[], audited: readonly Audited[]): Promise<void>;
}>;

/**
 * Runs a person's change of their company in one transaction: holds the company's row, so that changes of one company
 * follow one another, judges the person's rights as they are by then, and does the work. A refusal takes back what it wrote.
 */
export const inCompany = async <T>(
  deps: CommandDeps,
  viewer: Viewer,
  mayDo: (access: Access) => Refusal | null,
  work: (change: Change) => Promise<T | Refusal>,
): Promise<T | Refusal> => {
  if (viewer.kind === 'service') return forbidden('This is for signed-in people, not for services.');
  const { companyId, userId } = viewer;
  if (!isUuid(companyId) || !isUuid(userId)) return gone();
  const now = new Date(deps.now());
  const result = await orTakenBack(
    deps.database.inTurn(companyId, () =>
      deps.database.transaction(async (tx) => {
        if (!(await lockCompany(tx, { kind: 'company', companyId }))) return gone();
        const access = await findAccess(tx, { companyId, userId, withTeams: false });
        const refusal = access === null ? gone() : mayDo(access);
        if (access === null || refusal !== null) return refusal ?? gone();
        const tell = tellIn(tx, { companyId, now, newId: deps.newId }, { actorId: userId });
        const done = await work({ tx, companyId, access, now, newId: deps.newId, tell });
        if (isRefused(done)) throw new TakenBack(done);
        return done;
      }),
    ),
  );
  if (!isRefused(result)) deps.wakeRelay();
  return result;
};

/** Writes events and audit entries with a change of one company: a person's, a service's, or with neither the system's own. */
export const tellIn =
  (
    tx: Transaction,
    { companyId, now, newId }: Pick<Change, 'companyId' | 'now' | 'newId'>,
    actor: Readonly<{ actorId?: string; actorService?: string }>,
  ): Change['tell'] =>
  async (events, audited) => {
    await append(tx, events);
    await insertAuditEntries(tx, audited.map((entry) => auditRecord(entry, { id: newId(), companyId, now, ...actor })));
  };

/** The entry of something that somebody did. */
export const auditRecord = (
  entry: Audited,
  by: Readonly<{ id: string; companyId: string; now: Date; actorId?: string; actorService?: string }>,
): AuditRecord => ({
  id: by.id,
  companyId: by.companyId,
  occurredAt: by.now.toISOString(),
  actorId: by.actorId ?? null,
  actorService: by.actorService ?? null,
  ...entry,
});

const gone = (): Refusal => unauthenticated('This person is not active in this company.');

/** Carries a refusal out of a transaction that it takes back. */
export class TakenBack extends Error {
  override readonly name = 'TakenBack';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The result of a transaction, or the refusal that took it back. */
export const orTakenBack = async <T>(work: Promise<T>): Promise<T | Refusal> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TakenBack) return error.refusal;
    throw error;
  }
};
