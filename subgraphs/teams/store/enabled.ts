import { Prisma } from './generated/client.ts';

const isOn = (flag: 'unified_app' | 'one_team_migration_enabled'): Prisma.Sql => Prisma.sql`coalesce(
  (SELECT f.value FROM company_flags f WHERE f.company_id = c.id AND f.flag = ${flag}),
  (SELECT d.value FROM flag_defaults d WHERE d.flag = ${flag}), false)`;

/** Whether both flags of the migration are on for the company named `c` (OTM §6). */
export const isEnabled = Prisma.sql`${isOn('unified_app')} AND ${isOn('one_team_migration_enabled')}`;
