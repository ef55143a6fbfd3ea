import { Aggregator } from 'mingo/aggregator';
import { Context } from 'mingo/core';
import { $addFields, $group, $replaceRoot, $unwind } from 'mingo/operators/pipeline';
import { type FaultName, MongoFault } from '../fault.ts';
import { checkExpression, evaluateAll, EXPRESSIONS, faultOf } from '../query/expressions.ts';
import { compileFilter } from '../query/filter.ts';
import { plain } from '../query/plain.ts';
import { compileProjection } from '../query/projection.ts';
import { sortDocs } from '../store/topK.ts';
import { cloneDoc } from '../values/clone.ts';
import { type Doc, firstKey, isDoc } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { readOrder } from '../values/order.ts';
import { ACCUMULATORS } from './accumulators.ts';

type Docs = readonly Doc[];

/** Turns the documents that reach a stage into those that leave it; the ones that come in are never changed. */
type Stage = (docs: Docs) => Docs;

const context = Context.init({
  accumulator: ACCUMULATORS,
  expression: EXPRESSIONS,
  pipeline: { $addFields, $group, $replaceRoot, $unwind },
});

const ACCUMULATOR_NAMES = new Set(Object.keys(ACCUMULATORS));

const bad = (message: string, name: FaultName = 'BadValue'): MongoFault => new MongoFault(name, message);

const docOf = (stage: string, argument: unknown): Doc => {
  if (!isDoc(argument)) throw bad(`the ${stage} stage specification must be an object`);
  return argument;
};

const wholeOf = (stage: string, argument: unknown, least: number): number => {
  const value = isNumeric(argument) ? asNumber(argument) : Number.NaN;
  if (!Number.isInteger(value) || value < least) throw bad(`invalid argument to ${stage} stage: expected an integer of at least ${least} but found ${String(argument)}`, value === 0 ? 'LimitNotPositive' : 'BadValue');
  return value;
};

/** A stage of mingo's. It works on copies, since some of mingo's stages write into the documents they are given. */
const viaMingo =
  (name: '$addFields' | '$group' | '$replaceRoot' | '$unwind', argument: unknown): Stage =>
  (docs) => {
    const input = (name === '$group' || name === '$replaceRoot' ? docs : docs.map(cloneDoc)).map(plain);
    try {
      return new Aggregator([{ [name]: plain(argument) }], { context, scriptEnabled: false }).run<Doc>(input);
    } catch (error) {
      throw error instanceof MongoFault ? error : faultOf(error);
    }
  };

const addFields = (name: string, argument: unknown): Stage => {
  const fields = docOf(name, argument);
  if (Object.keys(fields).length === 0) throw bad(`${name} specification stage must have at least one field`);
  checkExpression(fields);
  const names = Object.keys(fields);
  const nested = names.some((field) => field.includes('.') || (isDoc(fields[field]) && firstKey(fields[field])?.startsWith('$') !== true));
  if (nested) return viaMingo('$addFields', fields);
  return (docs) => {
    const values = evaluateAll(fields, docs);
    // What is not computed keeps its type; what is computed to nothing goes.
    return docs.map((doc, i) => {
      const all = Object.entries({ ...doc, ...Object.fromEntries(names.map((field) => [field, values[i]?.[field]])) });
      return Object.fromEntries(all.filter(([, value]) => value !== undefined));
    });
  };
};

const group = (argument: unknown): Stage => {
  const spec = docOf('$group', argument);
  if (!('_id' in spec)) throw bad('a group specification must include an _id', 'NoGroupId');
  for (const [field, value] of Object.entries(spec)) {
    if (field === '_id') checkExpression(value);
    else {
      const accumulator = isDoc(value) ? firstKey(value) : undefined;
      if (accumulator === undefined) throw bad(`The field '${field}' must be an accumulator object`);
      if (!ACCUMULATOR_NAMES.has(accumulator)) throw bad(`unknown group operator '${accumulator}'`, 'UnknownAccumulator');
      checkExpression(value, ACCUMULATOR_NAMES);
    }
  }
  return viaMingo('$group', spec);
};

const unwind = (argument: unknown): Stage => {
  const spec: Doc = typeof argument === 'string' ? { path: argument } : docOf('$unwind', argument);
  const path = spec['path'];
  const unknown = Object.keys(spec).find((key) => !['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(key));
  if (unknown !== undefined) throw bad(`unrecognized option to $unwind stage: ${unknown}`);
  if (typeof path !== 'string' || !path.startsWith('$')) throw bad('path option to $unwind stage should be prefixed with a $');
  return viaMingo('$unwind', spec);
};

const replaceRoot = (newRoot: unknown): Stage => {
  checkExpression(newRoot);
  return viaMingo('$replaceRoot', { newRoot });
};

const unset = (argument: unknown): Stage => {
  const fields: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (fields.length === 0 || fields.some((field) => typeof field !== 'string')) {
    throw bad('$unset specification must be a string or an array of strings');
  }
  return compileProjection(Object.fromEntries(fields.map((field) => [String(field), 0])), false);
};

const project = (argument: unknown): Stage => {
  const spec = docOf('$project', argument);
  if (Object.keys(spec).length === 0) throw bad('Invalid $project :: caused by :: projection specification must have at least one field');
  return compileProjection(spec, false);
};

const count = (argument: unknown): Stage => {
  if (typeof argument !== 'string' || argument === '' || argument.startsWith('$') || argument.includes('.')) {
    throw bad('the count field must be a non-empty string without a dot that does not begin with $', argument === '' ? 'CountNotNamed' : 'BadValue');
  }
  return (docs) => (docs.length === 0 ? [] : [{ [argument]: docs.length }]);
};

const sample = (argument: unknown): Stage => {
  const size = wholeOf('$sample', docOf('$sample', argument)['size'], 1);
  return (docs) => {
    const rest = [...docs];
    const taken: Doc[] = [];
    while (taken.length < size && rest.length > 0) taken.push(...rest.splice(Math.floor(Math.random() * rest.length), 1));
    return taken;
  };
};

const facet = (argument: unknown): Stage => {
  const facets = Object.entries(docOf('$facet', argument)).map(([name, stages]) => {
    if (!Array.isArray(stages)) throw bad(`arguments to $facet must be arrays, ${name} is not`);
    return [name, checkStages(stages, 'facet')] as const;
  });
  if (facets.length === 0) throw bad('the $facet specification must be a non-empty object');
  return (docs) => [Object.fromEntries(facets.map(([name, stages]) => [name, runPipeline(docs, stages)]))];
};

/** The stages that this server knows, each read into what it does. */
const STAGES: Readonly<Record<string, (argument: unknown) => Stage>> = {
  $addFields: (argument) => addFields('$addFields', argument),
  $count: count,
  $facet: facet,
  $group: group,
  $limit: (argument) => {
    const limit = wholeOf('$limit', argument, 1);
    return (docs) => docs.slice(0, limit);
  },
  $match: (argument) => {
    const filter = compileFilter(docOf('$match', argument));
    return (docs) => docs.filter((doc) => filter.test(doc));
  },
  $project: project,
  $replaceRoot: (argument) => replaceRoot(docOf('$replaceRoot', argument)['newRoot']),
  $replaceWith: replaceRoot,
  $sample: sample,
  $set: (argument) => addFields('$set', argument),
  $skip: (argument) => {
    const skip = wholeOf('$skip', argument, 0);
    return (docs) => docs.slice(skip);
  },
  $sort: (argument) => {
    const order = readOrder(docOf('$sort', argument));
    return (docs) => sortDocs(docs, order);
  },
  $sortByCount: (argument) => {
    const grouped = group({ _id: argument, count: { $sum: 1 } });
    const order = readOrder({ count: -1 });
    return (docs) => sortDocs(grouped(docs), order);
  },
  $unset: unset,
  $unwind: unwind,
};

const UPDATE_STAGES = new Set(['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith']);

/**
 * Checks a pipeline's stages by name, and with them their operators and expressions.
 * @param place `update` and `facet` allow fewer stages than a pipeline of its own
 * @throws MongoFault UnknownStage (40324) for a stage that is not known, InvalidOptions for one not allowed in its place
 */
export const checkStages = (stages: readonly unknown[], place: 'aggregate' | 'update' | 'facet'): Doc[] =>
  stages.map((stage) => {
    if (!isDoc(stage)) throw new MongoFault('TypeMismatch', "Each element of the 'pipeline' array must be an object");
    const [name, ...more] = Object.keys(stage);
    if (name === undefined || more.length > 0) throw bad('A pipeline stage specification object must contain exactly one field.', 'StageNotOneField');
    const read = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
    if (read === undefined) throw new MongoFault('UnknownStage', `Unrecognized pipeline stage name: '${name}'`);
    if ((place === 'update' && !UPDATE_STAGES.has(name)) || (place === 'facet' && name === '$facet')) {
      throw new MongoFault('InvalidOptions', `${name} is not allowed to be used within ${place === 'update' ? 'an update' : 'a $facet stage'}`);
    }
    read(stage[name]);
    return stage;
  });

/**
 * Runs stages that `checkStages` let through. The documents given are never changed, but may be part of the result.
 * @throws MongoFault when an expression cannot be evaluated over a document
 */
export const runPipeline = (docs: Docs, stages: readonly Doc[]): Docs =>
  stages.reduce<Docs>((current, stage) => {
    const [[name, argument] = ['', undefined]] = Object.entries(stage);
    return STAGES[name]?.(argument)(current) ?? current;
  }, docs);
