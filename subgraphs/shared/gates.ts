import { applyMiddleware } from 'graphql-middleware';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { forbidden } from './errors.ts';
import { toGraphQLError } from './edge.ts';
import { type IRules, shield } from './shield.ts';

type RuleMap = Readonly<Record<string, IRules>>;
type Gate = (resolve: unknown, parent: unknown, args: unknown, context: unknown, info: unknown) => unknown;
/** What shield makes of a rule; of a logic rule (`allow`, `or`) with what schema stitching would need besides. */
type Made = Gate | Readonly<{ resolve: Gate }>;
type FieldMap = Record<string, Record<string, Made>>;

/**
 * Rules by type and field, and the scalar fields that the gate of whatever answers their type covers. Those are
 * listed, so that a new field has to be thought of, and not wrapped, which would cost about 40 % of a page's throughput.
 */
export type Gates = Readonly<{ rules: RuleMap; covered: Readonly<Record<string, readonly string[]>> }>;

/**
 * Puts graphql-shield's rules onto a schema, default deny. `before` may refuse any field that has a rule, by throwing: it comes first.
 * @throws naming every field that has neither a rule nor a place in `covered`, and every name that is no field.
 */
export const applyGates = (schema: GraphQLSchema, { rules, covered }: Gates, before: (context: unknown) => void = () => undefined): GraphQLSchema => {
  const faults = gateFaults(schema, { rules, covered });
  if (faults.length > 0) throw new Error(`The shield does not fit the schema:\n${faults.join('\n')}`);
  const denied = toGraphQLError(forbidden('This is not allowed.'));
  const gate = shield(rules as IRules, { allowExternalErrors: true, fallbackError: denied });
  const all = gate.generate(schema) as unknown as FieldMap;
  const gated = (made: Made | undefined): Gate | undefined => {
    if (made === undefined) return undefined;
    const judge = typeof made === 'function' ? made : made.resolve;
    return (resolve, parent, args, context, info) => {
      before(context);
      return judge(resolve, parent, args, context, info);
    };
  };
  const ruled = Object.fromEntries(
    Object.entries(rules).map(([type, fields]) => [
      type,
      Object.fromEntries(Object.keys(fields).map((field) => [field, gated(all[type]?.[field])])),
    ]),
  );
  return applyMiddleware(schema, ruled as never);
};

/** What does not fit between a schema and its gates; empty when all is well. */
export const gateFaults = (schema: GraphQLSchema, { rules, covered }: Gates): readonly string[] => {
  const gated = new Set(Object.entries(rules).flatMap(([type, fields]) => Object.keys(fields).map((field) => `${type}.${field}`)));
  const listed = new Set(Object.entries(covered).flatMap(([type, fields]) => fields.map((field) => `${type}.${field}`)));
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__') && type.name !== '_Service')
    .flatMap((type) => (isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : []));
  return [
    ...fields.filter((field) => !gated.has(field) && !listed.has(field)).map((field) => `${field} has no rule and is not listed as covered`),
    ...[...gated, ...listed].filter((field) => !fields.includes(field)).map((field) => `${field} is no field of the schema`),
    ...[...gated].filter((field) => listed.has(field)).map((field) => `${field} has a rule and is listed as covered`),
  ];
};
