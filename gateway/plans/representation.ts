import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type Data, isData, merge, own, setOwn } from './merge.ts';
import { isKindOf } from './types.ts';

/** What a subgraph needs to know of an entity; null when some of it is not there. */
export const representationOf = (schema: GraphQLSchema, entity: Data, requires: readonly QueryPlanSelectionNode[]): Data | null => {
  const representation: Data = {};
  for (const selection of requires) {
    if (selection.kind === 'Field') {
      const key = selection.alias ?? selection.name;
      const value = own(entity, key);
      if (value === undefined) return null;
      setOwn(representation, key, selection.selections === undefined ? value : selected(schema, value, selection.selections));
    } else if (selection.typeCondition !== undefined && isOf(schema, entity, selection.typeCondition)) {
      const part = representationOf(schema, entity, selection.selections);
      if (part !== null) merge(representation, part);
    }
  }
  return representation;
};

const selected = (schema: GraphQLSchema, value: unknown, selections: readonly QueryPlanSelectionNode[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => selected(schema, item, selections));
  return isData(value) ? representationOf(schema, value, selections) : value;
};

const isOf = (schema: GraphQLSchema, { __typename: typeName }: Data, condition: string): boolean =>
  typeof typeName === 'string' && isKindOf(schema, typeName, condition);
