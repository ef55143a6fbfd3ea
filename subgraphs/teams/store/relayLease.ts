import type { Transaction } from './database.ts';

/** Who does a work that only one may do at a time: the event relay, a publisher. */
export type Lease = Readonly<{ name: string; holder: string; fence: bigint }>;

/**
 * Takes a lease that is free, over, or one's own, or lengthens it; by the database's clock. Null while another holds it. The
 * fence rises with every new holder.
 */
export const takeLease = async (
  tx: Transaction,
  { name, holder, leaseMs }: Readonly<{ name: string; holder: string; leaseMs: number }>,
): Promise<Lease | null> => {
  const [row] = await tx.$queryRaw<{ fence: bigint }[]>`
    INSERT INTO relay_leases AS l (name, holder, fence, expires_at)
    VALUES (${name}, ${holder}::uuid, 1, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET
      fence = CASE WHEN l.holder = excluded.holder AND l.expires_at > clock_timestamp() THEN l.fence ELSE l.fence + 1 END,
      holder = excluded.holder,
      expires_at = excluded.expires_at
    WHERE l.holder IS NULL OR l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
    RETURNING fence`;
  return row === undefined ? null : { name, holder, fence: row.fence };
};

/** Whether a lease is still this holder's; keeps it so until the transaction ends, so that what is written in it is fenced. */
export const holdLease = async (tx: Transaction, { name, holder, fence }: Lease): Promise<boolean> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS held FROM relay_leases
    WHERE name = ${name} AND holder = ${holder}::uuid AND fence = ${fence} AND expires_at > clock_timestamp() FOR UPDATE`;
  return rows.length === 1;
};

/** Gives a lease back, so that the next holder need not wait for its end. */
export const releaseLease = async (tx: Transaction, { name, holder, fence }: Lease): Promise<void> => {
  await tx.relayLease.updateMany({ where: { name, holder, fence }, data: { holder: null } });
};

/** Keeps a lease that is held until the next 02:00 UTC, by the database's clock; false when it is held no more. */
export const takeLeaseUntilNight = async (tx: Transaction, lease: Lease): Promise<boolean> => {
  if (!(await holdLease(tx, lease))) return false;
  await tx.$executeRaw`
    UPDATE relay_leases SET expires_at = date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC' + interval '22 hours') AT TIME ZONE 'UTC' + interval '2 hours'
    WHERE name = ${lease.name}`;
  return true;
};
