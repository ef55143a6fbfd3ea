import fc from 'fast-check';
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** An operation as a client would send it. */
export type GeneratedOperation = Readonly<{ text: string; variables: Readonly<Record<string, unknown>> }>;

type Pick = (most: number) => number;
type Making = { readonly pick: Pick; readonly schema: GraphQLSchema; readonly variables: Map<string, Readonly<{ type: string; value: unknown }>>; readonly fragments: string[]; aliases: number };

const deepest = 5;

/** Operations over a schema: aliases, arguments, variables, fragments inside one another, `@skip` and `@include`, `__typename`. */
export const operationsOf = (schema: GraphQLSchema): fc.Arbitrary<GeneratedOperation> =>
  fc.infiniteStream(fc.nat(1_000_000)).map((stream) => {
    const making: Making = { pick: (most) => (stream.next().value as number) % most, schema, variables: new Map(), fragments: [], aliases: 0 };
    const isMutation = making.pick(12) === 0 && schema.getMutationType() !== null && schema.getMutationType() !== undefined;
    const root = isMutation ? schema.getMutationType() : schema.getQueryType();
    if (root === null || root === undefined) throw new Error('the schema has no root');
    const body = selectionOf(making, root, 0);
    const declared = [...making.variables].map(([name, { type }]) => `$${name}: ${type}`).join(', ');
    const variables = Object.fromEntries([...making.variables].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])));
    return { text: `${isMutation ? 'mutation' : 'query'}${declared === '' ? '' : ` (${declared})`} ${body} ${making.fragments.join(' ')}`, variables };
  });

const selectionOf = (making: Making, type: GraphQLNamedType, depth: number): string => {
  const { pick } = making;
  const parts: string[] = [];
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const wanted = depth === 0 ? 1 + pick(2) : 1 + pick(4);
  for (let n = 0; n < wanted; n += 1) {
    const field = fields[pick(Math.max(fields.length, 1))];
    const part = field === undefined ? '' : fieldOf(making, field, depth);
    if (part !== '') parts.push(part);
  }
  if (isCompositeType(type) && depth > 0) {
    const possible = isAbstractType(type) ? making.schema.getPossibleTypes(type) : [];
    for (const one of possible) if (pick(2) === 0 && depth < deepest) parts.push(fragmentOf(making, one, depth));
    if (pick(5) === 0 && depth < deepest && isInterfaceType(type)) parts.push(fragmentOf(making, type, depth));
  }
  if (pick(3) === 0 || parts.length === 0) parts.push(pick(4) === 0 ? `a${String((making.aliases += 1))}: __typename` : '__typename');
  return `{ ${parts.join(' ')} }`;
};

const fragmentOf = (making: Making, type: GraphQLNamedType, depth: number): string => {
  const body = selectionOf(making, type, depth + 1);
  if (making.pick(3) > 0) return `... on ${type.name}${conditionOf(making)} ${body}`;
  const name = `F${String((making.aliases += 1))}`;
  making.fragments.push(`fragment ${name} on ${type.name} ${body}`);
  return `...${name}${conditionOf(making)}`;
};

const conditionOf = (making: Making): string => {
  const { pick } = making;
  if (pick(6) !== 0) return '';
  const kind = pick(2) === 0 ? 'skip' : 'include';
  if (pick(2) === 0) return ` @${kind}(if: ${String(pick(2) === 0)})`;
  return ` @${kind}(if: $${variableOf(making, 'Boolean!', pick(2) === 0)})`;
};

const variableOf = ({ variables }: Making, type: string, value: unknown): string => {
  const name = `v${String(variables.size)}`;
  variables.set(name, { type, value });
  return name;
};

const fieldOf = (making: Making, field: GraphQLField<unknown, unknown>, depth: number): string => {
  const { pick } = making;
  const type = getNamedType(field.type);
  if (isCompositeType(type) && depth >= deepest) return '';
  const given = field.args.flatMap((argument) => argumentOf(making, argument));
  // An alias of its own wherever arguments or parents could differ.
  const alias = given.length > 0 || pick(6) === 0 || isCompositeType(type) ? `a${String((making.aliases += 1))}: ` : '';
  const below = isCompositeType(type) ? ` ${selectionOf(making, type, depth + 1)}` : '';
  return `${alias}${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`}${conditionOf(making)}${below}`;
};

const argumentOf = (making: Making, { name, type, defaultValue }: GraphQLArgument): readonly string[] => {
  const { pick } = making;
  const isRequired = isNonNullType(type) && defaultValue === undefined;
  if (!isRequired && pick(2) === 0) return [];
  const value = valueOf(making, type);
  return [`${name}: ${pick(3) === 0 ? `$${variableOf(making, String(type), value)}` : literal(value, type)}`];
};

type InputType = GraphQLArgument['type'];

const valueOf = (making: Making, type: InputType): unknown => {
  const { pick } = making;
  if (isNonNullType(type)) return valueOf(making, type.ofType);
  if (isListType(type)) return Array.from({ length: pick(3) }, () => valueOf(making, type.ofType));
  if (isEnumType(type)) return type.getValues()[pick(type.getValues().length)]?.value;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((each) => isNonNullType(each.type) || pick(2) === 0);
    return Object.fromEntries(fields.map((each) => [each.name, valueOf(making, each.type)]));
  }
  switch (String(type)) {
    case 'Int':
      return pick(6);
    case 'Float':
      return pick(100) / 4;
    case 'Boolean':
      return pick(2) === 0;
    default:
      return `${['p', 'u', 'r', 'm'][pick(4)] ?? ''}${String(pick(10))}`;
  }
};

const literal = (value: unknown, type: InputType): string => {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (isListType(type) && Array.isArray(value)) return `[${value.map((item) => literal(item, type.ofType)).join(', ')}]`;
  if (isEnumType(type)) return String(value);
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    return `{ ${Object.entries(value as object).flatMap(([key, item]) => (fields[key] === undefined ? [] : [`${key}: ${literal(item, fields[key].type)}`])).join(', ')} }`;
  }
  return JSON.stringify(value);
};
