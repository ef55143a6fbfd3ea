import { Double, Timestamp } from 'bson';
import { MongoFault } from '../fault.ts';
import { isOperators, LOGICAL } from '../query/canonical.ts';
import { compileFilter } from '../query/filter.ts';
import { compareValues, equalValues } from '../values/compare.ts';
import { firstKey, isArray, isDoc, typeName } from '../values/kinds.ts';
import { asNumber, calculate, isNumeric } from '../values/numbers.ts';
import { written } from '../values/written.ts';
import { orderArray, readPush } from './push.ts';

/** Where an operator is applied, for the error it may have to raise. */
export interface Place {
  readonly path: string;
  readonly id: unknown;
  readonly now: Date;
}

/** From the value at a path (`undefined`: missing) to the one that replaces it (`undefined`: leave the field as it is). */
export type Change = (current: unknown, place: Place) => unknown;

/** Reads an operator's argument once per update. @throws MongoFault when the argument is not one it takes */
type Operator = (argument: unknown, path: string) => Change;

const arithmetic =
  (operator: '$inc' | '$mul', verb: string): Operator =>
  (argument, path) => {
    if (!isNumeric(argument)) {
      throw new MongoFault('TypeMismatch', `Cannot ${verb} with non-numeric argument: {${path}: ${written(argument)}}`);
    }
    return (current, place) => {
      if (current === undefined) return operator === '$inc' ? argument : calculate('$mul', 0, argument);
      if (!isNumeric(current)) {
        throw new MongoFault(
          'TypeMismatch',
          `Cannot apply ${operator} to a value of non-numeric type. {_id: ${written(place.id)}} has the field '${path.split('.').at(-1) ?? ''}' of non-numeric type ${typeName(current)}`,
        );
      }
      const result = calculate(operator, current, argument);
      // 0.0 and -0.0 are the same to mongod, which then leaves the field as it is.
      return current instanceof Double && result instanceof Double && current.value === result.value ? current : result;
    };
  };

const extreme =
  (direction: 1 | -1): Operator =>
  (argument) =>
  (current) =>
    current === undefined || compareValues(argument, current) * direction > 0 ? argument : current;

const push: Operator = (argument, path) => {
  const { items, position, slice, sort } = readPush(argument, path);
  return (current, place) => {
    if (current !== undefined && !isArray(current)) {
      throw new MongoFault(
        'BadValue',
        `The field '${place.path}' must be an array but is of type ${typeName(current)} in document {_id: ${written(place.id)}}`,
      );
    }
    const array: unknown[] = [...(current ?? [])];
    array.splice(position ?? array.length, 0, ...items);
    const ordered = sort === undefined ? array : orderArray(array, sort);
    if (slice === undefined) return ordered;
    return slice < 0 ? ordered.slice(slice) : ordered.slice(0, slice);
  };
};

const addToSet: Operator = (argument) => {
  const several = isDoc(argument) && Object.keys(argument)[0] === '$each';
  const items: unknown = several ? argument['$each'] : [argument];
  if (!isArray(items)) {
    throw new MongoFault('TypeMismatch', `The argument to $each in $addToSet must be an array but it was of type ${typeName(items)}`);
  }
  if (several && Object.keys(argument).length > 1) {
    throw new MongoFault('BadValue', `Found unexpected fields after $each in $addToSet: ${Object.keys(argument).slice(1).join(', ')}`);
  }
  return (current, place) => {
    if (current !== undefined && !isArray(current)) {
      throw new MongoFault('BadValue', `Cannot apply $addToSet to non-array field. Field named '${place.path}' has non-array type ${typeName(current)}`);
    }
    const set: unknown[] = [...(current ?? [])];
    for (const item of items) if (!set.some((member) => equalValues(member, item))) set.push(item);
    return set;
  };
};

const without =
  (operator: '$pull' | '$pullAll', gone: (element: unknown) => boolean): Change =>
  (current) => {
    if (current === undefined) return undefined;
    if (!isArray(current)) throw new MongoFault('BadValue', `Cannot apply ${operator} to a non-array value`);
    return current.filter((element) => !gone(element));
  };

/** A document condition is matched against each element's own fields; operators and plain values against the element. */
const pull: Operator = (argument) => {
  if (isDoc(argument) && (!isOperators(argument) || LOGICAL.has(firstKey(argument) ?? ''))) {
    const filter = compileFilter(argument);
    return without('$pull', (element) => isDoc(element) && filter.test(element));
  }
  if (isOperators(argument)) {
    const filter = compileFilter({ v: argument });
    return without('$pull', (element) => filter.test({ v: element }));
  }
  const literal = isArray(argument) ? undefined : compileFilter({ v: { $in: [argument] } });
  return without('$pull', (element) =>
    literal === undefined || isArray(element) ? equalValues(element, argument) : literal.test({ v: element }),
  );
};

const pullAll: Operator = (argument) => {
  if (!isArray(argument)) {
    throw new MongoFault('BadValue', `$pullAll requires an array argument but was given a ${typeName(argument)}`);
  }
  return without('$pullAll', (element) => argument.some((item) => equalValues(element, item)));
};

const pop: Operator = (argument, path) => {
  const end = isNumeric(argument) ? asNumber(argument) : 0;
  if (end !== 1 && end !== -1) {
    throw new MongoFault('FailedToParse', `$pop expects 1 or -1, found: ${written(argument)}`);
  }
  return (current) => {
    if (current === undefined) return undefined;
    if (!isArray(current)) {
      throw new MongoFault('TypeMismatch', `Path '${path}' contains an element of non-array type '${typeName(current)}'`);
    }
    return end === 1 ? current.slice(0, -1) : current.slice(1);
  };
};

const currentDate: Operator = (argument) => {
  const type = isDoc(argument) ? argument['$type'] : typeof argument === 'boolean' ? 'date' : undefined;
  if ((type !== 'date' && type !== 'timestamp') || (isDoc(argument) && Object.keys(argument).length !== 1)) {
    throw new MongoFault('BadValue', "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}");
  }
  return (_current, { now }) => (type === 'date' ? now : new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }));
};

/** The update operators on one field, by name; `$unset`, `$rename` and `$setOnInsert` are handled with the document's paths. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  $set: (argument) => () => argument,
  $inc: arithmetic('$inc', 'increment'),
  $mul: arithmetic('$mul', 'multiply'),
  $min: extreme(-1),
  $max: extreme(1),
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
  $currentDate: currentDate,
};
