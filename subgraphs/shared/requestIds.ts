import type { Viewer } from './viewer.ts';

/** Whom a request is for, as its log lines carry it. Ids only; null: nobody, or not of one company. */
export type RequestIds = Readonly<{ correlationId: string; companyId: string | null; viewerId: string | null }>;

export const requestIds = (correlationId: string, viewer: Viewer | null): RequestIds => {
  if (viewer === null) return { correlationId, companyId: null, viewerId: null };
  return viewer.kind === 'person' ? { correlationId, companyId: viewer.companyId, viewerId: viewer.userId } : { correlationId, companyId: null, viewerId: viewer.id };
};
