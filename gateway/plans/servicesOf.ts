import type { PlanNode } from '@apollo/query-planner';

/** The subgraphs that a plan may ask, those under conditions too. */
export const servicesOf = (node: PlanNode | undefined): ReadonlySet<string> => {
  const names = new Set<string>();
  const visit = (each: PlanNode | undefined): void => {
    switch (each?.kind) {
      case undefined:
        return;
      case 'Fetch':
        names.add(each.serviceName);
        return;
      case 'Sequence':
      case 'Parallel':
        each.nodes.forEach(visit);
        return;
      case 'Flatten':
        visit(each.node);
        return;
      case 'Condition':
        visit(each.ifClause);
        visit(each.elseClause);
        return;
      case 'Defer':
        visit(each.primary.node);
        each.deferred.forEach(({ node: later }) => visit(later));
        return;
      default:
        each satisfies never;
    }
  };
  visit(node);
  return names;
};
