import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scopeFilter } from '../../subgraphs/contacts/store/scopeFilter.ts';
import type { Level } from '../../subgraphs/shared/access/permissions.ts';
import { canSee, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, noteDocument, startHarness } from '../support/contactsHarness.ts';
import { type ReferenceContact, referenceCanSee, referenceReason } from '../support/referenceCanSee.ts';
import { contactsPerWorld, viewersPerWorld, type World, type WorldContact, type WorldViewer, worlds } from '../support/worlds.ts';

/** Pairs of viewer and contact that are judged; the nightly mode sets more. */
const pairs = Number(process.env['AGREEMENT_PAIRS'] ?? 10_000);
const runs = Math.ceil(pairs / (viewersPerWorld * contactsPerWorld));

/** Someone who looks, with what the rule is told of them. */
type Viewer = Readonly<{ person: Person; view: Level; notesView: Level; searches: Level; teams: readonly string[] }>;

/** A contact as the test believes it to be. */
type Fact = ReferenceContact & Readonly<{ id: string }>;

/** A world as it stands in the database, changed along with it. */
type Standing = Readonly<{ companyId: string; teamFlag: boolean; parents: ReadonlyMap<string, string | null>; facts: Fact[] }>;

describe('one rule everywhere (SPEC §3.1)', () => {
  let harness: Harness;
  const seen = { visible: 0, hidden: 0 };
  let runsDone = 0;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());

  test(
    'reference, check, filter, list, pages, total, single record, reason, _entities, notes, search and Team.contacts agree on every contact, after owner changes and deletions too',
    async () => {
      await fc.assert(fc.asyncProperty(worlds, judgeWorld), { numRuns: runs, endOnFailure: true });
      expect(seen.visible + seen.hidden).toBeGreaterThanOrEqual(pairs);
    },
    480_000,
  );

  test('and neither nobody nor everybody is in scope', () => {
    const share = seen.visible / (seen.visible + seen.hidden);
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });

  const judgeWorld = async (world: World): Promise<void> => {
    runsDone += 1;
    const teams = world.parents.map(() => randomUUID());
    const team = (place: number): string => teams[place] ?? '';
    const parents = new Map(world.parents.map((parent, place) => [team(place), parent === null ? null : team(parent)]));
    const { id: companyId, person } = addCompany(harness.teams, parents, world.teamFlag);
    const foreignId = randomUUID();
    const outsider = person().userId;
    const viewers = world.viewers.map(({ view, notesView, teams: memberOf }: WorldViewer): Viewer => {
      const levels = { customers_customers_view: view, customers_customernotes_view: notesView, customers_customers_searchassoc: notesView };
      const own = memberOf.map(team);
      return { person: person({ in: own, levels }), view, notesView, searches: notesView, teams: own };
    });
    const personAt = (place: number | null): string | null => (place === null ? null : (viewers[place]?.person.userId ?? outsider));
    const documents = world.contacts.map((contact: WorldContact) => {
      const { team_owner_ids: _none, ...bare } = contactDocument(contact.foreign ? foreignId : companyId);
      return {
        ...bare,
        is_deleted: contact.deleted,
        owner_id: personAt(contact.owner),
        assignee_id: personAt(contact.assignee),
        team_owners_pending: contact.pending,
        ...(contact.teamOwners !== null && { team_owner_ids: contact.teamOwners.map(team) }),
      };
    });
    await harness.contacts.deleteMany({});
    await harness.notes.deleteMany({});
    await harness.contacts.insertMany(documents);
    const notes = documents.map((document) => noteDocument(document, outsider));
    await harness.notes.insertMany(notes);
    const noteIds = notes.map(({ _id }) => _id.toHexString());
    const facts = documents.map((document): Fact => ({
      id: document._id.toHexString(),
      companyId: document.company_sso_id,
      deleted: document.is_deleted,
      owner: document.owner_id,
      assignee: document.assignee_id,
      teamOwners: document.team_owner_ids ?? null,
      pending: document.team_owners_pending,
    }));
    const standing: Standing = { companyId, teamFlag: world.teamFlag, parents, facts };

    for (const viewer of viewers) {
      await judgeFilter(standing, viewer);
      await judgeReads(standing, viewer, noteIds);
    }
    const sampled = viewers[runsDone % viewersPerWorld];
    if (sampled === undefined) throw new Error('a world has viewers');
    await judgePages(standing, sampled, 1 + (runsDone % 5));
    await judgeSearchAndNotes(standing, sampled);
    await changeWorld(standing, person({ role: 'OWNER' }), viewers);
    const other = viewers[(runsDone + 1) % viewersPerWorld] ?? sampled;
    for (const viewer of new Set([sampled, other])) await judgeReads(standing, viewer, noteIds);
  };

  const sees = ({ companyId, teamFlag, parents, facts }: Standing, { person, teams }: Viewer, level: Level): boolean[] =>
    facts.map((fact) => referenceCanSee({ id: person.userId, companyId, teams, level }, fact, { teamPermissionEnabled: teamFlag, parents }));

  /** The check and the filter of the product, without anything around them. */
  const judgeFilter = async (standing: Standing, viewer: Viewer): Promise<void> => {
    const { companyId, teamFlag, parents, facts } = standing;
    const visible = sees(standing, viewer, viewer.view);
    seen.visible += visible.filter(Boolean).length;
    seen.hidden += visible.filter((each) => !each).length;
    const expandedTeamIds = [...parents.keys()].filter((each) => isBelow(each, viewer.teams, parents));
    const visibility = visibilityOf({ companyId, viewerId: viewer.person.userId, level: viewer.view, teamFlag, teamIds: viewer.teams, expandedTeamIds, treeVersion: 1 });
    const checked = facts.map((fact) =>
      canSee(visibility, { companyId: fact.companyId, isDeleted: fact.deleted, ownerId: fact.owner, assigneeId: fact.assignee, teamOwnerIds: fact.teamOwners ?? [], teamOwnersPending: fact.pending }),
    );
    const found = await harness.contacts.find(scopeFilter(visibility, 'team owners'), { projection: { _id: 1 } }).toArray();
    const filtered = new Set(found.map(({ _id }) => _id.toHexString()));
    expect({ checked, filtered: facts.map(({ id }) => filtered.has(id)) }).toEqual({ checked: visible, filtered: visible });
  };

  /** List, total, single records and their reasons, entities, notes by id, and contacts of each team. */
  const judgeReads = async (standing: Standing, viewer: Viewer, noteIds: readonly string[]): Promise<void> => {
    const { facts, parents, teamFlag } = standing;
    const { view, notesView } = viewer;
    const visible = sees(standing, viewer, view);
    // With the flag off, reading notes needs the contact in scope of customers_view, and the notes level only not disabled.
    const readable = teamFlag ? sees(standing, viewer, notesView) : visible.map((each) => each && notesView !== 'disabled');
    const teams = [...parents.keys()];
    const answers = await ask(viewer.person, facts.map(({ id }) => id), noteIds, teams);
    const shown = facts.filter((_, index) => visible[index]);
    expect(answers.entities).toEqual(visible);
    expect(answers.reasons.map((reason) => reason !== null)).toEqual(visible);
    expect(answers.notes).toEqual(readable);
    expect(answers.list).toEqual(view === 'disabled' ? null : { total: shown.length, ids: shown.map(({ id }) => id).sort() });
    for (const [index, id] of teams.entries()) {
      const owned = shown.filter(({ teamOwners }) => teamOwners?.includes(id)).map((fact) => fact.id);
      expect([id, answers.byTeam[index]]).toEqual([id, view === 'disabled' ? null : { total: owned.length, ids: owned.sort() }]);
    }
    for (const [index, reason] of answers.reasons.entries()) {
      const fact = facts[index];
      if (fact === undefined || reason === null) continue;
      const kind = referenceReason({ id: viewer.person.userId, companyId: standing.companyId, teams: viewer.teams, level: view }, fact, { teamPermissionEnabled: teamFlag, parents });
      expect([fact.id, reason.kind]).toEqual([fact.id, kind]);
      if (kind === 'TEAM') expectPath(reason.path.map(({ id }) => id), viewer.teams, fact, parents);
      else expect(reason.path).toEqual([]);
    }
  };

  /** From one of the viewer's teams down to a team owner, each the parent of the next. */
  const expectPath = (path: readonly string[], own: readonly string[], fact: Fact, parents: ReadonlyMap<string, string | null>): void => {
    expect(own).toContain(path[0]);
    expect(fact.teamOwners).toContain(path.at(-1));
    expect(path.slice(1).map((id) => parents.get(id))).toEqual(path.slice(0, -1));
  };

  /** All pages together are the allowed set, nothing twice. */
  const judgePages = async (standing: Standing, viewer: Viewer, first: number): Promise<void> => {
    if (viewer.view === 'disabled') return;
    const visible = sees(standing, viewer, viewer.view);
    const listed: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await harness.ask(viewer.person, 'query ($first: Int, $after: String) { contacts(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }', { first, after });
      const { contacts } = data as unknown as { contacts: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
      listed.push(...contacts.nodes.map(({ id }) => id));
      after = contacts.pageInfo.hasNextPage ? contacts.pageInfo.endCursor : null;
    } while (after !== null);
    expect(listed.sort()).toEqual(standing.facts.filter((_, index) => visible[index]).map(({ id }) => id).sort());
  };

  /** What is found from a form, with what of it is shown, whether it may be linked; and a list of notes. */
  const judgeSearchAndNotes = async (standing: Standing, viewer: Viewer): Promise<void> => {
    const { facts, teamFlag } = standing;
    const [findable, visible] = [sees(standing, viewer, viewer.searches), sees(standing, viewer, viewer.view)];
    const { data } = await harness.ask(viewer.person, '{ search: searchContactAssociations(module: DEAL, text: "budi", first: 100) { nodes { id contact { id } } } }');
    const found = (data as unknown as { search: { nodes: { id: string; contact: object | null }[] } } | null)?.search.nodes;
    const wanted = facts.flatMap(({ id }, index) => (findable[index] ? [[id, visible[index]]] : [])).sort();
    expect(found?.map(({ id, contact }) => [id, contact !== null]).sort() ?? null).toEqual(viewer.searches === 'disabled' ? null : wanted);
    const index = runsDone % contactsPerWorld;
    const id = facts[index]?.id ?? '';
    const linked = await harness.ask(viewer.person, `{ canAssociateContact(id: "${id}", module: TASK) }`);
    expect(linked.errors === undefined).toBe(findable[index]);
    const notes = await harness.ask(viewer.person, `{ notes(contactId: "${id}") { totalCount } }`);
    const readable = teamFlag ? sees(standing, viewer, viewer.notesView)[index] : visible[index] && viewer.notesView !== 'disabled';
    expect((notes.data as { notes: { totalCount: number } } | null)?.notes.totalCount === 1).toBe(readable);
  };

  /** A new owner, an owner removed, and a deletion, where they are possible; the facts follow. */
  const changeWorld = async ({ companyId, facts }: Standing, admin: Person, viewers: readonly Viewer[]): Promise<void> => {
    const alive = facts.filter((fact) => fact.companyId === companyId && !fact.deleted);
    const heir = viewers[runsDone % viewers.length];
    const [changed, bereft, deleted] = alive.slice(runsDone % 3);
    const write = async (mutation: string): Promise<void> => expect((await harness.ask(admin, `mutation { ${mutation} { contactId } }`)).errors).toBeUndefined();
    const follow = (of: Fact, now: Partial<Fact>): void => void facts.splice(facts.indexOf(of), 1, { ...of, ...now });
    if (changed !== undefined && heir !== undefined && changed.owner !== heir.person.userId) {
      await write(`updateContact(input: { id: "${changed.id}", ownerId: "${heir.person.userId}" })`);
      follow(changed, { owner: heir.person.userId, teamOwners: heir.teams, pending: false });
    }
    if (bereft !== undefined) {
      await write(`updateContact(input: { id: "${bereft.id}", ownerId: null })`);
      follow(bereft, { owner: null });
    }
    if (deleted !== undefined) {
      await write(`deleteContact(input: { id: "${deleted.id}" })`);
      follow(deleted, { deleted: true });
    }
  };

  type Listed = { totalCount: number; nodes: { id: string }[] } | null;
  type Reason = { kind: string; path: { id: string }[] };
  type Asked = Record<string, unknown> & { list?: Listed; entities?: unknown[]; teams?: ({ contacts: Listed } | null)[] };

  const ask = async (viewer: Person, ids: readonly string[], noteIds: readonly string[], teams: readonly string[]) => {
    const page = 'totalCount nodes { id }';
    const { data: listData } = await harness.ask(viewer, `{ list: contacts(first: 100) { ${page} } }`);
    const { data } = await harness.ask(
      viewer,
      // one text for all: it is read and validated once
      `query ($contacts: [_Any!]!, $teams: [_Any!]!, ${ids.map((_, index) => `$s${String(index)}: ID!, $n${String(index)}: ID!`).join(', ')}) {
         entities: _entities(representations: $contacts) { ... on Contact { id } }
         teams: _entities(representations: $teams) { ... on Team { contacts(first: 100) { ${page} } } }
         ${ids.map((_, index) => `s${String(index)}: contact(id: $s${String(index)}) { accessReason { kind path { id } } }`).join('\n')}
         ${ids.map((_, index) => `n${String(index)}: note(id: $n${String(index)}) { id }`).join('\n')}
       }`,
      {
        ...Object.fromEntries(ids.flatMap((id, index) => [[`s${String(index)}`, id], [`n${String(index)}`, noteIds[index]]])),
        contacts: ids.map((id) => ({ __typename: 'Contact', id })),
        teams: teams.map((id) => ({ __typename: 'Team', id })),
      },
    );
    const answered = (data ?? {}) as Asked;
    return {
      list: listed((listData as Asked | null)?.list),
      entities: (answered.entities ?? []).map((entity) => entity !== null),
      reasons: ids.map((_, index) => (answered[`s${String(index)}`] as { accessReason: Reason } | null)?.accessReason ?? null),
      notes: noteIds.map((_, index) => (answered[`n${String(index)}`] ?? null) !== null),
      byTeam: (answered.teams ?? []).map((each) => listed(each?.contacts)),
    };
  };
});

const listed = (list: { totalCount: number; nodes: { id: string }[] } | null | undefined) =>
  list ? { total: list.totalCount, ids: list.nodes.map(({ id }) => id).sort() } : null;

const isBelow = (team: string, own: readonly string[], parents: ReadonlyMap<string, string | null>): boolean => {
  for (let at: string | null = team; at !== null; at = parents.get(at) ?? null) if (own.includes(at)) return true;
  return false;
};
