import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import { badCursor, type Page, pageOf, readPage } from '../../shared/paging.ts';
import { excerpt, nameKey, textFault } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../domain/contact.ts';
import { toE164Start } from '../domain/phone.ts';
import type { Order, Place, SortKey } from '../store/keyset.ts';
import type { Narrowing } from '../store/narrowing.ts';
import { type Notice, noticesOf } from './notices.ts';
import { placeOf, readPlace } from './place.ts';

export type AssociationSearch = Readonly<{ module: string; text: string; first?: number | null; after?: string | null }>;

/** A page of contacts found from a form; what of each is shown is judged by `view`. */
export type AssociationPage = Page<Contact> & Readonly<{ /** Ended early, see the schema. */ partial: boolean; notices: readonly Notice[] }>;

const action = 'customers_customers_searchassoc';
const minLength = 3;
const maxLength = 255;

/** One field that is searched, in the order of the answer: what matched an earlier one is not found again. */
type Stage = Readonly<{ key: 'name_key' | 'email' | 'phone'; narrowing: Narrowing }>;

/**
 * Finds contacts by the start of their name, else email, else phone, in scope of `searchassoc` (TEAM-S08, S09). Each field is read from
 * its own index in its own order; where scope leaves most of them out, a page looks at so many of a field and goes on from there.
 */
export const searchAssociations = async (context: Context, search: AssociationSearch): Promise<AssociationPage | Refusal> => {
  const person = context.person();
  if (isRefused(person)) return person;
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  const visibility = await context.visibilityFor(action);
  if (isRefused(visibility)) return visibility;
  const stages = stagesOf(context, search.text);
  if (isRefused(stages)) return stages;
  const request = readPage({ first: search.first ?? null, after: search.after ?? null });
  if (isRefused(request)) return request;
  const binding = [person.companyId, person.userId, 'searchContactAssociations', search.module, search.text];
  const at = request.cursor === null ? null : readStagePlace(context.cursors.open(binding, request.cursor), stages);
  if (at === undefined) return badCursor(request);

  const read: Readonly<{ stage: number; key: SortKey; contact: Contact }>[] = [];
  let ended: StagePlace | null = null;
  for (const [stage, { key, narrowing }] of stages.entries()) {
    if (stage < (at?.stage ?? 0) || read.length > request.size || ended !== null) continue;
    const order: Order = { key, descending: false };
    const without = stages.slice(0, stage).map((earlier) => ({ not: earlier.narrowing }));
    const place = stage === at?.stage ? at.place : null;
    const stretch = { order, backward: false, place, size: request.size - read.length };
    const found = await context.contacts.page(visibility, [narrowing, ...without], stretch, context.waitMs());
    read.push(...found.contacts.map((contact) => ({ stage, key, contact })));
    if (found.examinedTo !== null) ended = { stage, place: found.examinedTo };
  }
  const seal = (place: StagePlace): string => context.cursors.seal(binding, place);
  const page = pageOf(request, read, ({ stage, key, contact }) => seal({ stage, place: placeOf(contact, key) }));
  const pageInfo = ended === null ? page.pageInfo : { ...page.pageInfo, hasNextPage: true, endCursor: seal(ended) };
  return { nodes: page.nodes.map(({ contact }) => contact), pageInfo, partial: ended !== null, notices: noticesOf(rights) };
};

const stagesOf = ({ phoneRegion }: Context, text: string): readonly Stage[] | Refusal => {
  const length = Array.from(text).length;
  if (textFault(text, maxLength) !== undefined || length < minLength) {
    return badInput('text', `text is ${excerpt(text)}; it must have ${String(minLength)} to ${String(maxLength)} characters, not only blanks.`);
  }
  const phone = toE164Start(text, phoneRegion);
  return [
    { key: 'name_key', narrowing: { namePrefix: nameKey(text) } },
    { key: 'email', narrowing: { emailPrefix: text.normalize('NFC').toLowerCase() } },
    ...(phone === undefined ? [] : [{ key: 'phone' as const, narrowing: { phonePrefix: phone } }]),
  ];
};

/** Where a search goes on. */
type StagePlace = Readonly<{ stage: number; place: Place | null }>;

const readStagePlace = (opened: unknown, stages: readonly Stage[]): StagePlace | undefined => {
  if (typeof opened !== 'object' || opened === null || !('stage' in opened) || !('place' in opened)) return undefined;
  const { stage } = opened;
  const known = typeof stage === 'number' ? stages[stage] : undefined;
  const place = known === undefined ? undefined : readPlace(opened.place, known.key);
  return typeof stage === 'number' && place !== undefined ? { stage, place } : undefined;
};
