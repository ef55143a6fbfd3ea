import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** The root fields that an operation names, through its fragments, each fragment once; those under `@skip` and `@include` too. */
export const rootFieldsOf = (document: DocumentNode, operation: OperationDefinitionNode): readonly FieldNode[] =>
  fieldsOf(operation.selectionSet, fragmentsOf(document), new Set());

/** Whether `@skip` or `@include` stands at a root field of an operation, or at a fragment on the way to one. */
export const hasConditionalRoot = (document: DocumentNode, operation: OperationDefinitionNode): boolean => {
  const fragments = fragmentsOf(document);
  const seen = new Set<string>();
  const isConditional = (set: SelectionSetNode): boolean =>
    set.selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include') === true) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet);
      if (selection.kind === Kind.FIELD || seen.has(selection.name.value)) return false;
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      return fragment !== undefined && isConditional(fragment.selectionSet);
    });
  return isConditional(operation.selectionSet);
};

const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));

const fieldsOf = (
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: Set<string>,
): readonly FieldNode[] =>
  set.selections.flatMap((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return [selection];
      case Kind.INLINE_FRAGMENT:
        return fieldsOf(selection.selectionSet, fragments, seen);
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = seen.has(name) ? undefined : fragments.get(name);
        seen.add(name);
        return fragment === undefined ? [] : fieldsOf(fragment.selectionSet, fragments, seen);
      }
      default:
        return selection satisfies never;
    }
  });
