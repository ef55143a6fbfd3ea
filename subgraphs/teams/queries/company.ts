import { migrationEnabled } from '../../shared/access/permissions.ts';
import { forbidden, type Refusal } from '../../shared/errors.ts';
import type { Access } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';
import type { CompanyReach, Shown } from '../store/teams.ts';

/** The viewer's company; services have none. */
export const companyOf = ({ reach }: Pick<Context, 'reach'>): CompanyReach | Refusal =>
  reach.kind === 'company' ? reach : forbidden('This is for people of a company, not for services.');

/** Which teams lists and trees show a person (OTM §6). */
export const shownTo = ({ flags }: Pick<Access, 'flags'>): Shown => (migrationEnabled(flags) ? 'all' : 'native');
