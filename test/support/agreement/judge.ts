import { expect } from '@jest/globals';
import { scopeFilter, type ScopeForm } from '../../../subgraphs/contacts/store/scopeFilter.ts';
import { canSee, visibilityOf } from '../../../subgraphs/shared/access/scope.ts';
import type { GraphQLAnswer, Harness } from '../contactsHarness.ts';
import { referenceReason } from '../referenceCanSee.ts';
import { companyOf, isBelow, listAt, notesReadBy, seenBy, type Verdict, verdictsOf, viewerAt } from './expected.ts';
import { emails, type Fact, type Onlooker, phones, type Standing } from './standing.ts';

type Page = Readonly<{ totalCount?: number; nodes: readonly { id: string }[]; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string } }>;

const idsOf = (facts: readonly { id: string }[]): string[] => facts.map(({ id }) => id).sort();
const fieldOf = <T>(answer: GraphQLAnswer, name: string): T | undefined => (answer.data as Readonly<Record<string, T>> | null)?.[name];
const codeAt = ({ errors = [] }: GraphQLAnswer, ...path: readonly (string | number)[]): unknown =>
  errors.find((error) => path.every((key, place) => error.path?.[place] === key))?.extensions?.['code'] ?? 'SEEN';
const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

/** The check and the filter of the product, without anything around them. */
export const judgeRule = async (harness: Harness, standing: Standing, viewer: Onlooker, forms: readonly ScopeForm[]): Promise<readonly boolean[]> => {
  const { companyId, teamFlag, parents, facts } = standing;
  const wanted = seenBy(standing, viewer, viewer.view);
  const expandedTeamIds = [...parents.keys()].filter((each) => isBelow(each, viewer.teams, parents));
  const visibility = visibilityOf({ companyId, viewerId: viewer.person.userId, level: viewer.view, teamFlag, teamIds: viewer.teams, expandedTeamIds, treeVersion: 1 });
  const checked = facts.map((fact) =>
    canSee(visibility, { companyId: fact.companyId, isDeleted: fact.deleted, ownerId: fact.owner, assigneeId: fact.assignee, teamOwnerIds: fact.teamOwners ?? [], teamOwnersPending: fact.pending }),
  );
  expect({ by: 'check', seen: checked }).toEqual({ by: 'check', seen: wanted });
  for (const form of forms) {
    const found = await harness.contacts.find(scopeFilter(visibility, form), { projection: { _id: 1 } }).toArray();
    const filtered = new Set(found.map(({ _id }) => _id.toHexString()));
    expect({ by: form, seen: facts.map(({ id }) => filtered.has(id)) }).toEqual({ by: form, seen: wanted });
  }
  return wanted;
};

/** The list with its total, single records with their reasons and notes, entities, notes by id, and the contacts of each team. */
export const judgeReads = async (harness: Harness, standing: Standing, viewer: Onlooker): Promise<void> => {
  const { facts, parents, isOut } = standing;
  const { view, notesView, person } = viewer;
  const isHidden = view === 'disabled';
  const [visible, readable] = [seenBy(standing, viewer, view), notesReadBy(standing, viewer)];
  const shown = facts.filter((_, index) => visible[index]);
  const list = await harness.ask(person, '{ list: contacts(first: 100) { totalCount nodes { id } notices { code } } }');
  const notices = isOut ? [{ code: 'SHOWING_OWN_ONLY' }] : [];
  expect(listed(fieldOf(list, 'list'))).toEqual(isHidden ? null : { total: shown.length, ids: idsOf(shown), notices });

  const teams = [...parents.keys()];
  const answer = await harness.ask(person, readsOf(facts.length), {
    ...Object.fromEntries(facts.flatMap(({ id, noteId }, n) => [[`s${String(n)}`, id], [`n${String(n)}`, noteId]])),
    contacts: facts.map(({ id }) => ({ __typename: 'Contact', id })),
    teams: teams.map((id) => ({ __typename: 'Team', id })),
  });
  const verdicts = verdictsOf(standing, visible, isHidden);
  const ofNotes = verdictsOf(standing, readable, notesView === 'disabled' || (!standing.teamFlag && isHidden));
  const told = (name: string) => facts.map((_, n) => codeAt(answer, `${name}${String(n)}`));
  expect({ singles: facts.map((_, n) => (fieldOf(answer, `s${String(n)}`) ? 'SEEN' : codeAt(answer, `s${String(n)}`))) }).toEqual({ singles: verdicts });
  expect({ entities: facts.map((_, n) => codeAt(answer, 'entities', n)) }).toEqual({ entities: verdicts });
  expect({ notes: told('n') }).toEqual({ notes: ofNotes });
  const ofTeams = fieldOf<readonly ({ contacts: Page | null } | null)[]>(answer, 'teams') ?? [];
  for (const [n, id] of teams.entries()) {
    const owned = shown.filter(({ teamOwners }) => teamOwners?.includes(id));
    expect([id, listed(ofTeams[n]?.contacts)]).toEqual([id, isHidden ? null : { total: owned.length, ids: idsOf(owned), notices }]);
  }
  for (const [n, fact] of facts.entries()) {
    const single = fieldOf<{ accessReason: { kind: string; path: { id: string }[] }; notes: { totalCount: number } | null } | null>(answer, `s${String(n)}`) ?? null;
    if (single === null) continue;
    expect([fact.id, single.notes?.totalCount ?? 0]).toEqual([fact.id, readable[n] === true ? 1 : 0]);
    const kind = referenceReason(viewerAt(standing, viewer, view), fact, companyOf(standing));
    expect([fact.id, single.accessReason.kind]).toEqual([fact.id, kind]);
    if (kind === 'TEAM') expectPath(single.accessReason.path.map(({ id }) => id), viewer.teams, fact, parents);
    else expect(single.accessReason.path).toEqual([]);
  }
};

/** One of the lists, by pages of 1 to 5, one way or the other: all pages together are what is allowed, nothing twice, and each tells the same total. */
export const judgePages = async (harness: Harness, standing: Standing, viewer: Onlooker, turn: number): Promise<void> => {
  if (viewer.view === 'disabled') return;
  const { what, variables, holds } = listAt(standing, viewer, turn);
  const visible = seenBy(standing, viewer, viewer.view);
  const wanted = standing.facts.filter((fact, index) => visible[index] && holds(fact));
  const query = `query ($view: ContactView, $filter: ContactFilter, $sort: ContactSort, $first: Int, $after: String, $last: Int, $before: String) {
    page: contacts(view: $view, filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) { totalCount nodes { id } ${pageInfo} } }`;
  const found = await allPages(1 + (turn % 5), Math.floor(turn / 5) % 2 === 1, async (page) => fieldOf<Page>(await harness.ask(viewer.person, query, { ...variables, ...page }), 'page'));
  expect({ what, ...found }).toEqual({ what, ids: idsOf(wanted), totals: found?.totals.map(() => wanted.length) });
};

/** What is found from a form, with what of it is shown and whether it may be linked; by email; by phone; and the notes of a contact. */
export const judgeSearch = async (harness: Harness, standing: Standing, viewer: Onlooker, turn: number): Promise<void> => {
  const { facts } = standing;
  const { person, searches, view, notesView } = viewer;
  const [findable, visible] = [seenBy(standing, viewer, searches), seenBy(standing, viewer, view)];
  const size = 1 + (turn % 5);
  const text = ['budi', 'citra', '+62811', 'ayu@shared'][turn % 4] ?? '';
  const isFound = ({ name, email, phone }: Fact): boolean => [name.toLowerCase(), email, phone].some((each) => each?.startsWith(text));
  const hits = facts.filter((fact, index) => findable[index] && isFound(fact));
  const shown = new Map<string, boolean>();
  const search = `query ($text: String!, $first: Int, $after: String) { page: searchContactAssociations(module: DEAL, text: $text, first: $first, after: $after) { nodes { id contact { id } } ${pageInfo} } }`;
  const found = await allPages(size, false, async (page) => {
    const at = fieldOf<Page & { nodes: readonly { id: string; contact: object | null }[] }>(await harness.ask(person, search, { text, ...page }), 'page');
    for (const { id, contact } of at?.nodes ?? []) shown.set(id, contact !== null);
    return at;
  });
  expect({ text, ids: found?.ids ?? null }).toEqual({ text, ids: searches === 'disabled' ? null : idsOf(hits) });
  for (const [id, isShown] of shown) expect([id, isShown]).toEqual([id, visible[facts.findIndex((fact) => fact.id === id)]]);

  for (const [field, argument, value] of [['contactsByEmail', 'email', emails[turn % 3] ?? ''], ['contactsByPhone', 'phone', phones[turn % 3] ?? '']] as const) {
    const query = `query ($value: String!, $first: Int, $after: String) { page: ${field}(${argument}: $value, first: $first, after: $after) { totalCount nodes { id } ${pageInfo} } }`;
    const matches = facts.map((fact) => fact[argument] === value);
    const wanted = facts.filter((_, index) => matches[index] && visible[index]);
    const ofCompany = verdictsOf(standing, visible, view === 'disabled').filter((verdict, index) => matches[index] && verdict === 'FORBIDDEN');
    const verdict: Verdict = view === 'disabled' ? 'FORBIDDEN' : wanted.length > 0 ? 'SEEN' : ofCompany.length > 0 ? 'FORBIDDEN' : 'NOT_FOUND';
    let code: unknown;
    const pages = await allPages(size, false, async (page) => {
      const answer = await harness.ask(person, query, { value, ...page });
      code = codeAt(answer);
      return fieldOf<Page>(answer, 'page');
    });
    expect({ field, code, ...pages }).toEqual({ field, code: verdict, ...(wanted.length > 0 && { ids: idsOf(wanted), totals: pages?.totals.map(() => wanted.length) }) });
  }

  const index = turn % facts.length;
  const id = facts[index]?.id ?? '';
  const linked = await harness.ask(person, 'query ($id: ID!) { canAssociateContact(id: $id, module: TASK) }', { id });
  expect(codeAt(linked)).toBe(verdictsOf(standing, findable, searches === 'disabled')[index]);
  const notes = await harness.ask(person, 'query ($id: ID!) { notes(contactId: $id) { totalCount } }', { id });
  const isClosed = notesView === 'disabled' || (!standing.teamFlag && view === 'disabled');
  expect([codeAt(notes), fieldOf<{ totalCount: number }>(notes, 'notes')?.totalCount ?? 1]).toEqual([verdictsOf(standing, notesReadBy(standing, viewer), isClosed)[index], 1]);
};

/** Reads pages until there are no more; null when the list is refused. */
const allPages = async (size: number, isBackward: boolean, ask: (page: object) => Promise<Page | null | undefined>) => {
  const [ids, totals]: [string[], (number | undefined)[]] = [[], []];
  let at: Page | undefined;
  do {
    const place = isBackward ? { last: size, before: at?.pageInfo.startCursor } : { first: size, after: at?.pageInfo.endCursor };
    const page: Page | null | undefined = await ask(Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)));
    if (page === null || page === undefined) return null;
    at = page;
    ids.push(...at.nodes.map(({ id }) => id));
    totals.push(at.totalCount);
  } while (isBackward ? at.pageInfo.hasPreviousPage : at.pageInfo.hasNextPage);
  return { ids: ids.sort(), totals };
};

/** From one of the viewer's teams down to a team owner, each the parent of the next. */
const expectPath = (path: readonly string[], own: readonly string[], fact: Fact, parents: ReadonlyMap<string, string | null>): void => {
  expect(own).toContain(path[0]);
  expect(fact.teamOwners).toContain(path.at(-1));
  expect(path.slice(1).map((id) => parents.get(id))).toEqual(path.slice(0, -1));
};

const listed = (list: (Page & { notices?: unknown }) | null | undefined) => (list ? { total: list.totalCount, ids: idsOf(list.nodes), notices: list.notices } : null);

/** One text for all worlds of a size: it is read and validated once. */
const readsOf = (contacts: number): string => {
  const each = Array.from({ length: contacts }, (_, n) => String(n));
  return `query ($contacts: [_Any!]!, $teams: [_Any!]!, ${each.map((n) => `$s${n}: ID!, $n${n}: ID!`).join(', ')}) {
    entities: _entities(representations: $contacts) { ... on Contact { id } }
    teams: _entities(representations: $teams) { ... on Team { contacts(first: 100) { totalCount nodes { id } notices { code } } } }
    ${each.map((n) => `s${n}: contact(id: $s${n}) { accessReason { kind path { id } } notes { totalCount } }`).join('\n')}
    ${each.map((n) => `n${n}: note(id: $n${n}) { id }`).join('\n')}
  }`;
};
