import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** The root fields that an operation names, through its fragments, each fragment once; those under `@skip` and `@include` too. */
export const rootFieldsOf = (document: DocumentNode, operation: OperationDefinitionNode): readonly FieldNode[] => {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );
  return fieldsOf(operation.selectionSet, fragments, new Set());
};

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
