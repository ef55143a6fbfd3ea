import type { PermissionAction } from '../../shared/access/permissions.ts';
import { canSee } from '../../shared/access/scope.ts';
import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import type { Contact, Note } from '../domain/contact.ts';
import { mayChangeNote } from '../domain/notePermission.ts';

/** What the viewer may do to a record. */
export type Permission = Readonly<{ update: boolean; delete: boolean }>;

/** At the `manage` and `delete` levels. */
export const contactPermission = async (context: Context, contact: Contact): Promise<Permission> => {
  const may = async (action: PermissionAction): Promise<boolean> => {
    const visibility = await context.visibilityFor(action);
    return !isRefused(visibility) && canSee(visibility, contact);
  };
  return { update: await may('customers_customers_manage'), delete: await may('customers_customers_delete') };
};

/** At the `_manage` and `_delete` levels of notes (SPEC §3.3). */
export const notePermission = async (context: Context, note: Note): Promise<Permission | Refusal> => {
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  const view = await context.visibilityFor('customers_customers_view');
  const { teamFlag, person: { userId: viewerId } } = rights;
  const may = async (action: PermissionAction): Promise<boolean> =>
    mayChangeNote({ viewerId, teamFlag, view, action: await context.visibilityFor(action) }, note);
  return { update: await may('customers_customernotes_manage'), delete: await may('customers_customernotes_delete') };
};
