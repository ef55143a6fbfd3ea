import { createRecentlyUsed } from '../subgraphs/shared/recentlyUsed.ts';

/** What an answer to a GraphQL request may be, by the GraphQL-over-HTTP specification. */
export const answerTypes = ['application/json', 'application/graphql-response+json'] as const;
export type AnswerType = (typeof answerTypes)[number];

/** Whether a `content-type` is JSON in UTF-8. */
export const isJson = (contentType: string | undefined): boolean => {
  if (contentType === 'application/json') return true;
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';').map((part) => part.trim());
  return type === 'application/json' && parameters.every((part) => !part.startsWith('charset=') || /^charset="?utf-?8"?$/.test(part));
};

const known = createRecentlyUsed<Readonly<{ type: AnswerType | undefined }>>(100, { most: 10_000, of: (accept) => accept.length });

/**
 * The type that a client likes best by its `accept`, of equals the one that it names first; `application/json` when it has none or takes
 * anything; undefined: it takes neither.
 */
export const answerTypeFor = (accept: string | undefined): AnswerType | undefined => {
  if (accept === undefined || accept === '' || accept === '*/*') return 'application/json';
  const found = known.get(accept) ?? { type: preferred(accept) };
  known.set(accept, found);
  return found.type;
};

/** Whether a browser asks for a page: it names `text/html`, and no type of answer before it. */
export const wantsPage = (accept: string | undefined): boolean => {
  if (accept?.includes('text/html') !== true) return false;
  const [html] = rangesOf(accept).filter(({ range }) => range === 'text/html');
  return html !== undefined && html.quality > 0 && !rangesOf(accept).some(({ range, quality }) => isAnswerType(range) && quality >= html.quality);
};

const isAnswerType = (range: string): range is AnswerType => range === 'application/json' || range === 'application/graphql-response+json';

type Range = Readonly<{ range: string; quality: number }>;

const rangesOf = (accept: string): readonly Range[] =>
  accept
    .toLowerCase()
    .split(',')
    .map((each) => {
      const [range = '', ...parameters] = each.split(';').map((part) => part.trim());
      const quality = parameters.find((part) => part.startsWith('q='))?.slice(2);
      return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
    });

const preferred = (accept: string): AnswerType | undefined => {
  const ranges = rangesOf(accept);
  const named = ranges.flatMap(({ range, quality }) => (isAnswerType(range) ? [{ range, quality }] : []));
  const refused = (type: AnswerType): boolean => named.some(({ range, quality }) => range === type && quality === 0);
  const wildcard = Math.max(0, ...ranges.filter(({ range }) => range === '*/*' || range === 'application/*').map(({ quality }) => quality));
  const [best] = named.filter(({ quality }) => quality > 0).toSorted((one, other) => other.quality - one.quality);
  if (best !== undefined && best.quality >= wildcard) return best.range;
  return wildcard > 0 ? answerTypes.find((type) => !refused(type)) : best?.range;
};
