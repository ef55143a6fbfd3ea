import { MongoFault } from '../fault.ts';
import { type Doc, isArray, isDoc } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { checkExpression, evaluateAll } from './expressions.ts';
import { compileFilter } from './filter.ts';

/** Shapes documents; the input is never changed, but parts of it may be shared with the output. */
export type Projection = (docs: readonly Doc[]) => Doc[];

/** What a projection says about one field: keep it, go deeper, or transform the array that it holds. */
type Node = { readonly children: Map<string, Node> } | 'leaf' | ((value: unknown) => unknown);

interface Spec {
  readonly tree: { readonly children: Map<string, Node> };
  including: boolean | undefined;
  id: boolean | undefined;
  readonly computed: Doc;
  /** The fields under `$elemMatch`. */
  readonly elements: string[];
}

const bad = (message: string): MongoFault => new MongoFault('BadValue', message);

const place = (spec: Spec, field: string, leaf: Node): void => {
  const parts = field.split('.');
  const last = parts.pop() ?? '';
  let { children } = spec.tree;
  for (const [i, part] of parts.entries()) {
    const node = children.get(part) ?? { children: new Map<string, Node>() };
    if (typeof node !== 'object') {
      throw new MongoFault('PathCollisionBelow', `Path collision at ${field} remaining portion ${[...parts.slice(i + 1), last].join('.')}`);
    }
    children.set(part, node);
    children = node.children;
  }
  if (children.has(last)) throw new MongoFault('PathCollision', `Path collision at ${field}`);
  children.set(last, leaf);
};

const sliceOf = (argument: unknown): ((value: unknown) => unknown) => {
  const numbers = (isArray(argument) ? argument : [argument]).map((n: unknown) => (isNumeric(n) ? asNumber(n) : Number.NaN));
  const [first = Number.NaN, count] = numbers;
  if (numbers.some((n) => !Number.isInteger(n)) || numbers.length > 2) throw bad('$slice takes a number or [skip, limit]');
  if (count !== undefined && count <= 0) throw bad(`$slice limit must be positive, got ${count}`);
  return (value) => {
    if (!isArray(value)) return value;
    if (count === undefined) return first < 0 ? value.slice(first) : value.slice(0, first);
    const start = first < 0 ? Math.max(0, value.length + first) : first;
    return value.slice(start, start + count);
  };
};

const elemMatchOf = (argument: unknown): ((value: unknown) => unknown) => {
  const filter = compileFilter({ v: { $elemMatch: argument } });
  return (value) => {
    const found = isArray(value) ? value.find((element) => filter.test({ v: [element] })) : undefined;
    return found === undefined ? undefined : [found];
  };
};

const mode = (spec: Spec, including: boolean, field: string): void => {
  if (spec.including !== undefined && spec.including !== including) {
    throw including
      ? new MongoFault('InclusionAmongExclusions', `Cannot do inclusion on field ${field} in exclusion projection`)
      : new MongoFault('ExclusionAmongInclusions', `Cannot do exclusion on field ${field} in inclusion projection`);
  }
  spec.including = including;
};

const readField = (spec: Spec, field: string, value: unknown, inFind: boolean): void => {
  if (field.split('.').includes('')) throw bad(`FieldPath field names may not be empty: '${field}'`);
  if (field.endsWith('.$')) throw bad(`the positional projection '${field}' is not supported by this server; use $elemMatch`);
  if (field.split('.').some((part) => part.startsWith('$'))) throw bad(`FieldPath field names may not start with '$': '${field}'`);
  if (typeof value === 'boolean' || isNumeric(value)) {
    const including = typeof value === 'boolean' ? value : asNumber(value) !== 0;
    if (field === '_id') spec.id = including;
    else {
      mode(spec, including, field);
      place(spec, field, 'leaf');
    }
    return;
  }
  const operator = isDoc(value) ? Object.keys(value)[0] : undefined;
  if (isDoc(value) && inFind && operator === '$slice' && !(isArray(value['$slice']) && value['$slice'].length === 3)) {
    place(spec, field, sliceOf(value['$slice']));
  } else if (isDoc(value) && inFind && operator === '$elemMatch') {
    spec.including ??= true;
    spec.elements.push(field);
    place(spec, field, elemMatchOf(value['$elemMatch']));
  } else if (isDoc(value) && operator?.startsWith('$') !== true) {
    if (operator === undefined) throw bad(`An empty sub-projection is not a valid value. Found empty object at path '${field}'`);
    Object.entries(value).forEach(([name, nested]) => readField(spec, `${field}.${name}`, nested, inFind));
  } else {
    checkExpression(value);
    mode(spec, true, field);
    spec.computed[field] = value;
  }
};

const include = (value: unknown, node: { children: Map<string, Node> }): unknown => {
  if (isArray(value)) return value.map((item: unknown) => include(item, node)).filter((item) => item !== undefined);
  if (!isDoc(value)) return undefined;
  return shape(value, node.children, false);
};

const exclude = (value: unknown, node: { children: Map<string, Node> }): unknown => {
  if (isArray(value)) return value.map((item: unknown) => exclude(item, node));
  return isDoc(value) ? shape(value, node.children, true) : value;
};

/** Copies a document field by field, in the document's own order. */
const shape = (doc: Doc, children: Map<string, Node>, excluding: boolean): Doc => {
  const shaped: Doc = {};
  for (const [key, value] of Object.entries(doc)) {
    const node = children.get(key);
    let kept: unknown;
    if (node === undefined) kept = excluding ? value : undefined;
    else if (node === 'leaf') kept = excluding ? undefined : value;
    else if (typeof node === 'function') kept = node(value);
    else kept = excluding ? exclude(value, node) : include(value, node);
    if (kept !== undefined) shaped[key] = kept;
  }
  return shaped;
};

const withPath = (doc: Doc, parts: readonly string[], value: unknown): Doc => {
  const [part = '', ...rest] = parts;
  const inner = doc[part];
  return { ...doc, [part]: rest.length === 0 ? value : withPath(isDoc(inner) ? inner : {}, rest, value) };
};

/**
 * Compiles a projection: fields kept or left out, dotted ones too, computed fields, and in a find `$slice` and
 * `$elemMatch`. Fields come in the document's order, computed ones after them.
 * @throws MongoFault BadValue for a mix of inclusion and exclusion, colliding paths or the positional `$`
 */
export const compileProjection = (projection: Doc, inFind: boolean): Projection => {
  const spec: Spec = { tree: { children: new Map() }, including: undefined, id: undefined, computed: {}, elements: [] };
  Object.entries(projection).forEach(([field, value]) => readField(spec, field, value, inFind));
  if (Object.keys(projection).length === 0) return (docs) => [...docs];
  const computed = Object.keys(spec.computed);
  const onlySlices = spec.including === undefined && spec.tree.children.size > 0;
  const excluding = spec.including === undefined ? (spec.id === undefined ? onlySlices : !spec.id) : !spec.including;
  const { children } = spec.tree;
  if (excluding ? spec.id === false : spec.id !== false && !('_id' in spec.computed)) children.set('_id', 'leaf');
  const project = (doc: Doc): Doc => {
    const shaped = shape(doc, children, excluding);
    // In an inclusion mongod puts the found element's array behind the other fields.
    for (const field of excluding ? [] : spec.elements) {
      if (!Object.hasOwn(shaped, field)) continue;
      const value = shaped[field];
      Reflect.deleteProperty(shaped, field);
      shaped[field] = value;
    }
    return shaped;
  };
  if (computed.length === 0) return (docs) => docs.map(project);
  const names = Object.fromEntries(computed.map((field, i) => [`f${i}`, spec.computed[field]]));
  return (docs) => {
    const values = evaluateAll(names, docs);
    return docs.map((doc, at) =>
      computed.reduce((shaped, field, i) => {
        const value = values[at]?.[`f${i}`];
        return value === undefined ? shaped : withPath(shaped, field.split('.'), value);
      }, project(doc)),
    );
  };
};
