import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** A variable and what it has to be for a field to be answered, by `@include` and `@skip`. */
export type Condition = Readonly<{ variable: string; is: boolean }>;

/** A field of an operation that is asked for at one place, from all selections that name it there under the same conditions. */
export type Asked = Readonly<{
  /** `Team.parent`. */
  place: string;
  /** The name it is answered under. */
  key: string;
  definition: GraphQLField<unknown, unknown>;
  /** The same name and arguments each. */
  nodes: readonly [FieldNode, ...FieldNode[]];
  conditions: readonly Condition[];
}>;

/** A selection set, and the type that it is on. */
export type Selected = Readonly<{ type: string; set: SelectionSetNode }>;

/**
 * The fields that selection sets at one place ask for, fragments followed, each once. What `@skip` or `@include` leave out by a literal is
 * not asked for. `__schema`, `__type` and `__typename` are left out. The operation has been validated.
 */
export const askedFields = (schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>, places: readonly Selected[]): readonly Asked[] => {
  const asked = new Map<string, Asked>();
  const collect = ({ type, set }: Selected, outer: readonly Condition[]): void => {
    for (const selection of set.selections) {
      const conditions = conditionsOf(selection.directives, outer);
      if (conditions === 'never') continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const definition = fieldOf(schema, type, selection.name.value);
          if (definition === undefined) break;
          const key = selection.alias?.value ?? selection.name.value;
          const id = `${type} ${key} ${conditions.map(({ variable, is }) => `${variable}=${String(is)}`).join()}`;
          const before = asked.get(id)?.nodes;
          asked.set(id, { place: `${type}.${selection.name.value}`, key, definition, nodes: before === undefined ? [selection] : [...before, selection], conditions });
          break;
        }
        case Kind.INLINE_FRAGMENT:
          collect({ type: selection.typeCondition?.name.value ?? type, set: selection.selectionSet }, conditions);
          break;
        case Kind.FRAGMENT_SPREAD: {
          const fragment = fragments.get(selection.name.value);
          if (fragment !== undefined) collect({ type: fragment.typeCondition.name.value, set: fragment.selectionSet }, conditions);
          break;
        }
        default:
          selection satisfies never;
      }
    }
  };
  for (const place of places) collect(place, []);
  return [...asked.values()];
};

/** The selection sets below a field. */
export const below = ({ definition, nodes }: Asked): readonly Selected[] => {
  const type = getNamedType(definition.type).name;
  return nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [{ type, set: selectionSet }]));
};

const fieldOf = (schema: GraphQLSchema, typeName: string, name: string): GraphQLField<unknown, unknown> | undefined => {
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
};

const conditionsOf = (directives: readonly DirectiveNode[] | undefined, outer: readonly Condition[]): readonly Condition[] | 'never' => {
  let conditions = outer;
  for (const { name, arguments: given } of directives ?? []) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const is = name.value === 'include';
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== is) return 'never';
    if (value?.kind === Kind.VARIABLE) conditions = [...conditions, { variable: value.name.value, is }];
  }
  return conditions;
};
