import type { Collection, Document } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import { beyond, sortOf, type Stretch } from '../../subgraphs/contacts/store/keyset.ts';
import type { ReadPlan } from '../../subgraphs/contacts/store/readPlan.ts';

type Explained = { queryPlanner: { winningPlan: Document }; executionStats: { nReturned: number; totalDocsExamined: number; totalKeysExamined: number } };

/** What the server does for a page by a plan: of a merged one the first read, of a walk what it looks at. */
export const explained = async (contacts: Collection<ContactDocument>, plan: ReadPlan, stretch: Stretch) => {
  const filter = plan.kind === 'exact' ? plan.filter : plan.kind === 'merged' ? plan.filters[0] : { $and: [plan.served, plan.rest] };
  const found = contacts.find({ $and: [filter ?? {}, beyond(stretch)] }, { sort: sortOf(stretch), limit: stretch.size + 1, ...(plan.hint !== undefined && { hint: plan.hint }) });
  const { executionStats, queryPlanner } = (await found.explain('executionStats')) as Explained;
  const stages = new Set([...JSON.stringify(queryPlanner.winningPlan).matchAll(/"stage":"([A-Z_]+)"/g)].map(([, stage]) => stage ?? ''));
  return { kind: plan.kind, returned: executionStats.nReturned, documents: executionStats.totalDocsExamined, keys: executionStats.totalKeysExamined, sorts: stages.has('SORT'), scans: stages.has('COLLSCAN') };
};
