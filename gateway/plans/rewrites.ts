import type { FetchDataRewrite } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type Data, isData, own, setOwn } from './merge.ts';
import { isKindOf } from './types.ts';

const onType = '... on ';

/** Applies a plan's rewrites to what is sent or was received, in place. */
export const rewrite = (schema: GraphQLSchema, rewrites: readonly FetchDataRewrite[] | undefined, data: unknown): void => {
  for (const one of rewrites ?? []) {
    const last = one.path.at(-1);
    if (last !== undefined) atPath(schema, one.path, 0, data, (object) => change(one, last, object));
  }
};

const change = (one: FetchDataRewrite, name: string, object: Data): void => {
  switch (one.kind) {
    case 'ValueSetter':
      setOwn(object, name, one.setValueTo);
      return;
    case 'KeyRenamer': {
      const value = own(object, name);
      if (value === undefined || value === null) return;
      Reflect.deleteProperty(object, name);
      setOwn(object, one.renameKeyTo, value);
      return;
    }
    default:
      one satisfies never;
  }
};

/** Every object at a path but its last step; a step is a field, or a type that the object has to be of. */
const atPath = (schema: GraphQLSchema, path: readonly string[], step: number, value: unknown, visit: (object: Data) => void): void => {
  if (Array.isArray(value)) {
    for (const item of value) atPath(schema, path, step, item, visit);
    return;
  }
  if (!isData(value)) return;
  const name = path[step];
  if (name === undefined || step === path.length - 1) {
    visit(value);
    return;
  }
  if (!name.startsWith(onType)) atPath(schema, path, step + 1, own(value, name), visit);
  else if (isOfType(schema, value, name.slice(onType.length))) atPath(schema, path, step + 1, value, visit);
};

// an object that does not say what it is counts as what was asked for
const isOfType = (schema: GraphQLSchema, { __typename: typeName }: Data, condition: string): boolean =>
  typeof typeName !== 'string' || isKindOf(schema, typeName, condition);
