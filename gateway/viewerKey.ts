import { callerOf, type Viewer } from '../subgraphs/shared/viewer.ts';

/** One text for each person or service, whatever they ask from. */
export const viewerKey = (viewer: Viewer): string => {
  const { companyId, sub } = callerOf(viewer);
  return `${companyId ?? 'service'} ${sub}`;
};
