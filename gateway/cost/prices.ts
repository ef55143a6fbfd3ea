import { type ConstDirectiveNode, type ConstValueNode, type DefinitionNode, type FieldDefinitionNode, Kind, parse } from 'graphql';

/** How many items a list is taken to have, as `@listSize` says (IBM's cost specification, Federation 2.9). */
export type ListSize = Readonly<{
  /** Items when no slicing argument says otherwise. */
  assumed: number | undefined;
  /** Arguments that say how many items there are at most; the largest given one counts. */
  slicing: readonly string[];
  /** Fields of the answered object that are the list, such as `nodes`; empty: the field itself is. */
  sized: readonly string[];
  /** Whether exactly one slicing argument must be given. */
  requireOne: boolean;
}>;

/** What fields and types cost where it is not the default. */
export type Prices = Readonly<{
  /** `@cost` of a field, by `Type.field`; of a type, by its name. */
  weights: ReadonlyMap<string, number>;
  /** `@listSize` of a field, by `Type.field`. */
  lists: ReadonlyMap<string, ListSize>;
}>;

/** Of a schema that says nothing: the defaults of the specification. */
export const noPrices: Prices = { weights: new Map(), lists: new Map() };

/** Reads `@cost` and `@listSize` of fields and types out of a supergraph; weights of arguments and input fields do not count. */
export const pricesOf = (supergraphSdl: string): Prices => {
  const weights = new Map<string, number>();
  const lists = new Map<string, ListSize>();
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (!hasPrice(definition)) continue;
    const type = definition.name.value;
    const weight = weightOf(definition.directives);
    if (weight !== undefined) weights.set(type, weight);
    const fields: readonly FieldDefinitionNode[] = 'fields' in definition ? (definition.fields ?? []) : [];
    for (const field of fields) {
      const place = `${type}.${field.name.value}`;
      const own = weightOf(field.directives);
      if (own !== undefined) weights.set(place, own);
      const size = sizeOf(field.directives);
      if (size !== undefined) lists.set(place, size);
    }
  }
  return { weights, lists };
};

const hasPrice = (definition: DefinitionNode) =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
  definition.kind === Kind.INTERFACE_TYPE_DEFINITION ||
  definition.kind === Kind.SCALAR_TYPE_DEFINITION ||
  definition.kind === Kind.ENUM_TYPE_DEFINITION;

// A supergraph that does not import a name has it with the name of the specification before it.
const named = (directives: readonly ConstDirectiveNode[] | undefined, name: 'cost' | 'listSize'): ConstDirectiveNode | undefined =>
  directives?.find((directive) => directive.name.value === name || directive.name.value === `cost__${name}`);

const weightOf = (directives: readonly ConstDirectiveNode[] | undefined): number | undefined => whole(argument(named(directives, 'cost'), 'weight'));

const sizeOf = (directives: readonly ConstDirectiveNode[] | undefined): ListSize | undefined => {
  const directive = named(directives, 'listSize');
  if (directive === undefined) return undefined;
  const requireOne = argument(directive, 'requireOneSlicingArgument');
  const slicing = texts(argument(directive, 'slicingArguments'));
  return {
    assumed: whole(argument(directive, 'assumedSize')),
    slicing,
    sized: texts(argument(directive, 'sizedFields')),
    requireOne: slicing.length > 0 && !(requireOne?.kind === Kind.BOOLEAN && !requireOne.value),
  };
};

const argument = (directive: ConstDirectiveNode | undefined, name: string): ConstValueNode | undefined =>
  directive?.arguments?.find((given) => given.name.value === name)?.value;

const whole = (value: ConstValueNode | undefined): number | undefined => (value?.kind === Kind.INT ? Number(value.value) : undefined);

const texts = (value: ConstValueNode | undefined): readonly string[] =>
  value?.kind === Kind.LIST ? value.values.flatMap((each) => (each.kind === Kind.STRING ? [each.value] : [])) : [];
