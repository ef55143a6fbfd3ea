import { type DefinitionNode, type DocumentNode, type FragmentDefinitionNode, GraphQLError, Kind, OperationTypeNode, parse, type SelectionSetNode } from 'graphql';
import { Refusal } from '../subgraphs/shared/errors.ts';
import { isNestedDeeper } from './nesting.ts';

/** How large an operation may be, counted in its text; variables do not count. */
export type OperationLimits = Readonly<{
  /** Characters of the text (UTF-16 code units). */
  characters: number;
  /** Lexical tokens of the document; comments are none. */
  tokens: number;
  comments: number;
  /** Brackets of any kind inside one another: selections, fragments, values, types. */
  nesting: number;
  /** Fields inside one another, fragments followed. */
  depth: number;
  /** Fragments spread inside one another. */
  fragments: number;
  aliases: number;
  directives: number;
  /** Root fields of a mutation, which run one after another; fragments followed. */
  mutations: number;
  /** Fields and fragments of the document with each fragment counted at every place that it is spread at. */
  selections: number;
}>;

export const operationLimits: OperationLimits = {
  characters: 200_000,
  tokens: 10_000,
  comments: 1_000,
  nesting: 100,
  depth: 20,
  fragments: 50,
  aliases: 100,
  directives: 100,
  mutations: 10,
  selections: 5_000,
};

/** Refuses a text that is too long for anything to look into it: not even its hash is made. */
export const lengthRefusal = (text: unknown, { characters }: OperationLimits): Refusal | undefined =>
  typeof text === 'string' && text.length > characters ? tooMuch('characters', characters) : undefined;

/** Parses a text of at most so many characters, tokens, comments and levels of brackets. The error of a text that is no GraphQL is answered, not thrown. */
export const parseWithin = (text: string, limits: OperationLimits, options: Readonly<{ noLocation?: boolean }> = {}): DocumentNode | Refusal | GraphQLError => {
  const tooLong = lengthRefusal(text, limits);
  if (tooLong !== undefined) return tooLong;
  if (isNestedDeeper(text, limits)) return tooMuch('nesting', limits.nesting);
  try {
    return parse(text, { ...options, maxLexicalTokens: limits.tokens, maxComments: limits.comments });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const passed = /^Syntax Error: Document contains more tha[nt] \d+ (tokens|comments)\. Parsing aborted\.$/.exec(error.message)?.[1];
    return passed === 'tokens' || passed === 'comments' ? tooMuch(passed, limits[passed]) : error;
  }
};

const tooMuch = (what: keyof OperationLimits, limit: number): Refusal =>
  new Refusal('BAD_USER_INPUT', `The operation has more ${words[what]} than it may have: at most ${String(limit)}.`, { field: 'query', limit: { name: what, max: limit } });

const words: Record<keyof OperationLimits, string> = {
  characters: 'characters in its text',
  tokens: 'tokens',
  comments: 'comments',
  nesting: 'levels of brackets inside one another',
  depth: 'levels of fields inside one another',
  fragments: 'fragments spread inside one another',
  aliases: 'aliases',
  directives: 'directives',
  mutations: 'mutations in one request',
  selections: 'selections, with fragments counted wherever they are spread,',
};

/** Comparisons that graphql itself makes of an operation's fields before it gives up: its own number, which cannot be set. */
const mostComparisons = 500_000;

/** The refusal of an operation that graphql gave up validating, told by its errors. */
export const abortedRefusal = (faults: readonly GraphQLError[]): Refusal | undefined =>
  faults.some(({ message }) => message === 'Validation aborted.')
    ? new Refusal('BAD_USER_INPUT', `Validating the operation takes more than ${String(mostComparisons)} comparisons: it names the same fields, or spreads fragments, too often in one place.`, {
        field: 'query',
        limit: { name: 'comparisons', max: mostComparisons },
      })
    : undefined;

/** What stands below a selection set, fragments followed. */
type Size = Readonly<{
  depth: number;
  fragments: number;
  selections: number;
  /** Fields at its own level. */
  fields: number;
}>;

/** Judges the size of a document before it is validated; undefined: it may go on. The refusal names the limit and what it is. */
export const sizeRefusal = (document: DocumentNode, limits: OperationLimits): Refusal | undefined => {
  const flat = { aliases: 0, directives: 0 };
  for (const definition of document.definitions) count(definition, flat);
  if (flat.aliases > limits.aliases) return tooMuch('aliases', limits.aliases);
  if (flat.directives > limits.directives) return tooMuch('directives', limits.directives);
  const fragments = new Map(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
  const sizes = new Map<string, Size>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, fragments: inside, selections, fields } = sizeOf(definition.selectionSet, fragments, sizes);
    if (definition.operation === OperationTypeNode.MUTATION && fields > limits.mutations) return tooMuch('mutations', limits.mutations);
    if (depth > limits.depth) return tooMuch('depth', limits.depth);
    if (inside > limits.fragments) return tooMuch('fragments', limits.fragments);
    if (selections > limits.selections) return tooMuch('selections', limits.selections);
  }
  return undefined;
};

const sizeOf = (set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, known: Map<string, Size>): Size => {
  let depth = 0;
  let inside = 0;
  let selections = 0;
  let fields = 0;
  for (const selection of set.selections) {
    const isField = selection.kind === Kind.FIELD;
    const below = selection.kind === Kind.FRAGMENT_SPREAD ? sizeOfFragment(selection.name.value, fragments, known) : selection.selectionSet === undefined ? nothing : sizeOf(selection.selectionSet, fragments, known);
    depth = Math.max(depth, below.depth + (isField ? 1 : 0));
    inside = Math.max(inside, below.fragments + (selection.kind === Kind.FRAGMENT_SPREAD ? 1 : 0));
    selections += below.selections + 1;
    fields += isField ? 1 : below.fields;
  }
  return { depth, fragments: inside, selections, fields };
};

const nothing: Size = { depth: 0, fragments: 0, selections: 0, fields: 0 };

/** Each fragment is measured once; one inside itself counts as empty there, and is refused by validation. */
const sizeOfFragment = (name: string, fragments: ReadonlyMap<string, FragmentDefinitionNode>, known: Map<string, Size>): Size => {
  const size = known.get(name);
  if (size !== undefined) return size;
  known.set(name, nothing);
  const fragment = fragments.get(name);
  const measured = fragment === undefined ? nothing : sizeOf(fragment.selectionSet, fragments, known);
  known.set(name, measured);
  return measured;
};

const count = (definition: DefinitionNode, counts: { aliases: number; directives: number }): void => {
  if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) return;
  counts.directives += definition.directives?.length ?? 0;
  countIn(definition.selectionSet, counts);
};

const countIn = (set: SelectionSetNode, counts: { aliases: number; directives: number }): void => {
  for (const selection of set.selections) {
    counts.directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD && selection.alias !== undefined) counts.aliases += 1;
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) countIn(selection.selectionSet, counts);
  }
};
