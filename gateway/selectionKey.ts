import { type DocumentNode, type FieldNode, Kind, print, visit } from 'graphql';
import type { Operation } from './operations.ts';

type SelectedBy = Readonly<{ operation: Pick<Operation, 'document' | 'node'>; variables: Readonly<Record<string, unknown>> }>;

/**
 * What a subscription asks of each event, as a text: its operation without the arguments of its root field, and the variables that are used
 * elsewhere. The arguments say which events are wanted, never how one is answered, so that those who came back with another `after` share.
 */
export const selectionKey = ({ operation, variables }: SelectedBy, root: FieldNode): string => {
  const asked = visit(operation.document, { Field: (node) => (node === root ? { ...node, arguments: [] } : undefined) });
  const used = [...variablesIn(asked)].sort().map((name) => [name, variables[name]]);
  return JSON.stringify([operation.node.name?.value ?? null, print(asked), used]);
};

const variablesIn = (document: DocumentNode): ReadonlySet<string> => {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    [Kind.VARIABLE]: ({ name }) => void names.add(name.value),
  });
  return names;
};
