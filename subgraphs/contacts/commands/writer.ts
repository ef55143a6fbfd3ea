import { serviceVisibility, type Visibility } from '../../shared/access/scope.ts';
import { badInput, forbidden, isRefused, type Refusal, unauthenticated } from '../../shared/errors.ts';
import { isUuid } from '../../shared/text.ts';
import { hasScope, type Viewer } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';

/** Who creates or edits, and where: their visibility at `manage` names the company that is written to. */
export type Writer = Readonly<{
  viewer: Viewer;
  /** Null for a service, which has no teams. */
  userId: string | null;
  visibility: Visibility;
}>;

/**
 * A person at any level of `manage` but disabled, or a service with scope `contacts:write` in the company that it names, as
 * `manage: everything` there (SPEC §1).
 */
export const authoriseWriter = async (context: Context, companySsoId: string | null | undefined): Promise<Writer | Refusal> => {
  const { viewer } = context;
  if (viewer === null) return unauthenticated('Sign in first.');
  const named = companySsoId ?? null;
  if (viewer.kind === 'person') {
    const visibility = await context.visibilityFor('customers_customers_manage');
    if (isRefused(visibility)) return visibility;
    if (named !== null) return badInput('input.companySsoId', 'input.companySsoId is for services; the company of a person is taken from who they are.');
    return { viewer, userId: viewer.userId, visibility };
  }
  if (!hasScope(viewer, 'contacts:write')) return forbidden('This service may not write contacts; it needs the scope contacts:write.');
  if (named === null || !isUuid(named)) return badInput('input.companySsoId', 'input.companySsoId must be the lower-case UUID of the company that the service writes to.');
  return { viewer, userId: null, visibility: serviceVisibility(named) };
};

/** The person or service as audit entries name them. */
export const actorOf = (viewer: Viewer): Readonly<{ actorId: string | null; actorService: string | null }> =>
  viewer.kind === 'person' ? { actorId: viewer.userId, actorService: null } : { actorId: null, actorService: viewer.id };

/** The person's id or the service's, as domain events name who acted. */
export const callerId = (viewer: Viewer): string => (viewer.kind === 'person' ? viewer.userId : viewer.id);
