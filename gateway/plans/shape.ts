import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { leafTest } from './leaf.ts';
import { type Data, isData, own, setOwn } from './merge.ts';
import { isKindOf } from './types.ts';

/** An answer in the order and with the names that the operation asks for; nulls that may not be have gone up to where they may. */
export type Shaped = Readonly<{ data: Data | null; errors: readonly GraphQLError[] }>;

/** Makes the answer of an operation out of what all its fetches brought. */
export type Shape = (input: Data, introspected: (field: FieldNode) => unknown) => Shaped;

export type ShapeOptions = Readonly<{
  /** What clients see. */
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The value of `@skip(if:)` and `@include(if:)` variables. */
  isTrue: (variable: string) => boolean;
}>;

type Path = (string | number)[];

/** A field of an answer, with all selections that the operation makes below it. */
type Field = Readonly<{ key: string; inherited: boolean; complete: Complete; isNonNull: boolean; what: string }>;
type Special = Readonly<{ key: string; special: 'typename' | 'introspection'; node: FieldNode }>;
type Selection = Readonly<{ typeName: string | null; fields: readonly (Field | Special)[] }>;

/** The value as it is answered; null; or undefined: null because of what was reported already. */
type Complete = (value: unknown, path: Path, run: Run) => unknown;
type Run = Readonly<{ errors: GraphQLError[]; introspected: (field: FieldNode) => unknown; isObject: (typeName: string) => boolean }>;

/**
 * Compiles the shape of an operation: fields by the concrete type they are found on, once, at first sight of the type. Executing
 * it is one pass over the answer, where graphql-js would execute the operation a second time.
 */
export const compileShape = (options: ShapeOptions): Shape => {
  const { schema, operation } = options;
  const root = schema.getRootType(operation.operation);
  if (root === undefined || root === null) throw new GraphQLError(`The schema has no ${operation.operation}.`);
  const selectionOf = selections(options, [...operation.selectionSet.selections], root.name);
  const selection = selectionOf(root.name);
  const isObject = (typeName: string): boolean => isObjectType(schema.getType(typeName));
  return (input, introspected) => {
    const run: Run = { errors: [], introspected, isObject };
    const data = selection === undefined ? undefined : fill(selection, input, [], run);
    return { data: data ?? null, errors: run.errors };
  };
};

/** Fills a selection from an object; undefined when a null has to go further up. */
const fill = ({ typeName, fields }: Selection, input: Data, path: Path, run: Run): Data | undefined => {
  const output: Data = {};
  for (const field of fields) {
    if ('special' in field) {
      const special = field.special === 'typename' ? typeNameOf(input, field.key, typeName, run) : run.introspected(field.node);
      if (special === undefined) return undefined;
      setOwn(output, field.key, special);
      continue;
    }
    const given = field.inherited ? own(input, field.key) : input[field.key];
    path.push(field.key);
    const value = field.complete(given ?? null, path, run);
    if (field.isNonNull && (value === null || value === undefined)) {
      if (value === null) run.errors.push(notNull(field.what, path));
      path.pop();
      return undefined;
    }
    path.pop();
    if (field.inherited) setOwn(output, field.key, value ?? null);
    else output[field.key] = value ?? null;
  }
  return output;
};

// A subgraph that knows an object only by its interface (`@interfaceObject`) may be followed by one that was asked what it is under this key.
const typeNameOf = (input: Data, key: string, known: string | null, { isObject }: Run): string | undefined => {
  const given = own(input, key) ?? input['__typename'];
  const name = typeof given === 'string' && given !== known ? given : known;
  return name !== null && isObject(name) ? name : undefined;
};

const notNull = (what: string, path: Path): GraphQLError =>
  new GraphQLError(`Cannot return null for non-nullable ${what}.`, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } });
const invalid = (what: string, path: Path): GraphQLError =>
  new GraphQLError(`Invalid value found for ${what}.`, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } });

/** What is selected on an object, by the name of its type; undefined for a name that clients cannot know. */
type SelectionOf = (typeName: string) => Selection | undefined;

const selections = (options: ShapeOptions, nodes: readonly SelectionNode[], staticType: string): SelectionOf => {
  const known = new Map<string, Selection | undefined>();
  return (typeName) => {
    if (known.has(typeName)) return known.get(typeName);
    const type = options.schema.getType(typeName);
    const selection = isCompositeType(type) ? selectionFor(options, nodes, typeName, staticType) : undefined;
    known.set(typeName, selection);
    return selection;
  };
};

const selectionFor = (options: ShapeOptions, nodes: readonly SelectionNode[], typeName: string, staticType: string): Selection => {
  const { schema } = options;
  const groups = new Map<string, { node: FieldNode; parent: string; below: SelectionNode[] }>();
  collect(options, nodes, typeName, staticType, groups);
  const fields = [...groups].map(([key, { node, parent, below }]): Field | Special => {
    const name = node.name.value;
    if (name === '__typename') return { key, special: 'typename', node };
    if (name === '__schema' || name === '__type') return { key, special: 'introspection', node };
    const definition = fieldOf(schema, typeName, name) ?? fieldOf(schema, parent, name);
    if (definition === undefined) throw new GraphQLError(`${typeName} has no field ${name}.`);
    const what = `field ${typeName}.${name}`;
    const isNonNull = isNonNullType(definition.type);
    return { key, inherited: key in Object.prototype, complete: completer(options, nullable(definition.type), below, what), isNonNull, what };
  });
  return { typeName: isObjectType(schema.getType(typeName)) ? typeName : null, fields };
};

type Groups = Map<string, { node: FieldNode; parent: string; below: SelectionNode[] }>;

const collect = (options: ShapeOptions, nodes: readonly SelectionNode[], typeName: string, parent: string, groups: Groups): void => {
  for (const node of nodes) {
    if (!isIncluded(node, options.isTrue)) continue;
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      const group = groups.get(key);
      const below = node.selectionSet?.selections ?? [];
      if (group === undefined) groups.set(key, { node, parent, below: [...below] });
      else group.below.push(...below);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? options.fragments.get(node.name.value) : node;
    const condition = fragment?.typeCondition?.name.value ?? parent;
    if (fragment !== undefined && isKindOf(options.schema, typeName, condition)) {
      collect(options, fragment.selectionSet.selections, typeName, condition, groups);
    }
  }
};

const isIncluded = ({ directives }: SelectionNode, isTrue: (variable: string) => boolean): boolean =>
  (directives ?? []).every(({ name, arguments: given }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true;
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    const holds = value?.kind === Kind.VARIABLE ? isTrue(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
    return holds === (name.value === 'include');
  });

const fieldOf = (schema: GraphQLSchema, typeName: string, name: string): GraphQLField<unknown, unknown> | undefined => {
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
};

const nullable = (type: GraphQLOutputType): GraphQLOutputType => (isNonNullType(type) ? type.ofType : type);

const completer = (options: ShapeOptions, type: GraphQLOutputType, below: readonly SelectionNode[], what: string): Complete => {
  if (isListType(type)) return listCompleter(options, type.ofType, below, what);
  if (isLeafType(type)) {
    const isValid = leafTest(type);
    return (value, path, run) => {
      if (value === null || isValid(value)) return value;
      run.errors.push(invalid(what, path));
      return undefined;
    };
  }
  return objectCompleter(options, getNamedType(type).name, below, what);
};

const listCompleter = (options: ShapeOptions, itemType: GraphQLOutputType, below: readonly SelectionNode[], what: string): Complete => {
  const completeItem = completer(options, nullable(itemType), below, what);
  const isNonNull = isNonNullType(itemType);
  const typeName = String(nullable(itemType));
  return (value, path, run) => {
    if (value === null) return null;
    if (!Array.isArray(value)) {
      run.errors.push(invalid(what, path));
      return undefined;
    }
    let goesUp = false;
    const items = new Array<unknown>(value.length);
    for (let index = 0; index < value.length; index += 1) {
      path.push(index);
      const item = completeItem(value[index] ?? null, path, run);
      if (isNonNull && (item === null || item === undefined)) {
        if (item === null) run.errors.push(notNull(`array element of type ${typeName} at index ${String(index)}`, path));
        goesUp = true;
      }
      path.pop();
      items[index] = item ?? null;
    }
    return goesUp ? undefined : items;
  };
};

const objectCompleter = (options: ShapeOptions, staticType: string, below: readonly SelectionNode[], what: string): Complete => {
  const selectionOf = selections(options, below, staticType);
  return (value, path, run) => {
    if (value === null) return null;
    const typeName = isData(value) ? (value['__typename'] ?? staticType) : undefined;
    const selection = typeof typeName === 'string' ? selectionOf(typeName) : undefined;
    if (selection === undefined || !isData(value)) {
      run.errors.push(new GraphQLError(`Invalid __typename found for object at ${what}.`, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } }));
      return undefined;
    }
    return fill(selection, value, path, run);
  };
};
