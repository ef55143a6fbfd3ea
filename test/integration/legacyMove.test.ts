import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import { contactDocument, type GraphQLAnswer, type Harness, service, startHarness } from '../support/contactsHarness.ts';
import { askUntil, companyWithTeams, load, migrator, readMove, runMove, start, startedMove } from '../support/legacyMoves.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.teams.mood = { kind: 'well' };
  harness.teams.failing = new Set();
  harness.events.length = 0;
});

const codes = ({ errors = [] }: GraphQLAnswer): unknown[] => errors.map(({ extensions }) => [extensions?.['code'], extensions?.['field']]);
const old = (companyId: string, given: Partial<ContactDocument> = {}): ContactDocument => contactDocument(companyId, { team_owners_set_by: null, ...given });
const stored = (companyId: string) => harness.contacts.find({ company_sso_id: companyId }).sort({ _id: 1 }).toArray();
const ownersOf = async (contact: ContactDocument): Promise<unknown> => {
  const found = await harness.contacts.findOne({ _id: contact._id });
  return { owners: found?.team_owner_ids?.toSorted(), setBy: found?.team_owners_set_by, version: found?.version };
};
const row = (contact: ContactDocument | string, crmTeamHierarchyId: string | null) => ({ contactKey: typeof contact === 'string' ? contact : contact._id.toHexString(), crmTeamHierarchyId });

/** CRM 7 is called Sales; legacy 3 is Support, which two native teams are called; 9 is unknown; a Chat team is called Chat only. */
const plant = async () => {
  const home = companyWithTeams(harness, [{ name: 'CRM - Sales', source: 'CRM', referenceId: '7' }, { name: 'Support' }, { name: 'SUPPORT' }, { name: 'Chat - Only', source: 'Chat', referenceId: '9' }]);
  const [sales = '', ...support] = home.teamIds.slice(0, 3);
  const contacts = {
    both: old(home.id), byKey: old(home.id, { external_key: 'crm-1' }), none: old(home.id), unknown: old(home.id), noRow: old(home.id),
    person: old(home.id, { team_owners_set_by: 'person' }), auto: old(home.id, { team_owners_set_by: 'auto', team_owner_ids: support }),
    changed: old(home.id, { team_owners_set_by: 'owner_change' }), pending: old(home.id, { team_owners_pending: true }), deleted: old(home.id, { is_deleted: true }),
  };
  await harness.contacts.insertMany(Object.values(contacts));
  const rows = [
    row(contacts.both, '3, 7,7,'), row('crm-1', '7'), row(contacts.none, ''), row(contacts.unknown, '9,10'),
    row(contacts.person, '7,9'), row(contacts.auto, '7'), row(contacts.changed, '7'), row(contacts.pending, '7'), row(contacts.deleted, '7'), row('nobody', '7,11'),
  ];
  const names = [{ legacyTeamId: '3', name: 'Support' }, { legacyTeamId: '9', name: 'Only' }, { legacyTeamId: '7', name: 'Support' }];
  return { ...home, sales, support, contacts, rows, names };
};

const report = {
  contacts: 9, covered: 3, coverage: 3 / 9, unassigned: 6, leftAlone: 4,
  unmatchedTeams: [{ legacyTeamId: '9', name: 'Only', contacts: 2 }, { legacyTeamId: '10', name: null, contacts: 1 }],
  ambiguousTeams: [{ legacyTeamId: '3', name: 'Support', contacts: 1 }],
};

describe('CHG-004: old contacts are moved onto team owners', () => {
  test('CHG-004.4: sets every team that the list names, by reference id, else by name; CHG-004.5: no match leaves Unassigned; CHG-004.6: reports', async () => {
    const { id, sales, support, contacts, rows, names } = await plant();
    expect((await load(harness, id, rows, names)).data).toEqual({ loadLegacyTeams: { rows: rows.length, teams: 3 } });
    const move = await runMove(harness, id, { dryRun: false });
    expect(move).toMatchObject({ status: 'COMPLETED', dryRun: false, total: rows.length, processed: rows.length, finishedAt: expect.any(String), report });
    expect(await ownersOf(contacts.both)).toEqual({ owners: [...support, sales].sort(), setBy: 'legacy_move', version: 2 });
    expect(await ownersOf(contacts.byKey)).toEqual({ owners: [sales], setBy: 'legacy_move', version: 2 });
    for (const untouched of [contacts.none, contacts.unknown, contacts.noRow, contacts.person, contacts.auto, contacts.changed, contacts.pending, contacts.deleted]) {
      expect(await harness.contacts.findOne({ _id: untouched._id })).toEqual(untouched);
    }
    const set = harness.events.filter(({ event }) => event === 'cdp_team_owner_set');
    const of = (contact: ContactDocument, team_owner_count: number) => ({ event: 'cdp_team_owner_set', company_sso_id: id, contact_id: contact._id.toHexString(), team_owner_count, source: 'migration' });
    expect(new Set(set)).toEqual(new Set([of(contacts.both, 3), of(contacts.byKey, 1)]));
    expect(set).toHaveLength(2);
  });

  test('a dry run answers the same report and writes nothing but that', async () => {
    const { id, rows, names } = await plant();
    await load(harness, id, rows, names);
    const before = await stored(id);
    const reported = harness.teams.coverage.length;
    expect(await runMove(harness, id, {})).toMatchObject({ status: 'COMPLETED', dryRun: true, processed: rows.length, report });
    expect(await stored(id)).toEqual(before);
    expect(harness.events).toEqual([]);
    expect(harness.teams.coverage.slice(reported).filter(({ companyId }) => companyId === id)).toEqual([]);
  });

  test('each team owner set goes to the audit log once, with the service that moved', async () => {
    const { id, sales, contacts, rows, names } = await plant();
    await load(harness, id, rows, names);
    await runMove(harness, id, { dryRun: false });
    const entries = await askUntil(() => Promise.resolve([...harness.teams.audited.values()].flat().filter(({ companyId }) => companyId === id)), (all) => all.length === 2);
    expect(entries.find(({ subjectId }) => subjectId === contacts.byKey._id.toHexString())).toMatchObject({ kind: 'TEAM_OWNER', actorId: null, actorService: migrator.id, before: { teamOwnerIds: [] }, after: { teamOwnerIds: [sales] } });
  });

  test('a second run changes nothing; a later one adds team owners and never takes one away', async () => {
    const { id, sales, support, contacts, rows, names } = await plant();
    await load(harness, id, rows, names);
    const first = await runMove(harness, id, { dryRun: false });
    const moved = (await stored(id)).map(({ audit: _, ...contact }) => contact);
    expect((await runMove(harness, id, { dryRun: false })).report).toEqual(first.report);
    expect((await stored(id)).map(({ audit: _, ...contact }) => contact)).toEqual(moved);
    await load(harness, id, [row(contacts.both, ''), row('crm-1', '3'), row(contacts.none, '7')]);
    await runMove(harness, id, { dryRun: false });
    expect(await ownersOf(contacts.both)).toMatchObject({ owners: [...support, sales].sort(), version: 2 });
    expect(await ownersOf(contacts.byKey)).toEqual({ owners: [sales, ...support].sort(), setBy: 'legacy_move', version: 3 });
    expect(await ownersOf(contacts.none)).toMatchObject({ owners: [sales] });
  });

  test('what a person has set since, is left alone for good', async () => {
    const { id, person, sales, contacts, rows, names } = await plant();
    await load(harness, id, rows, names);
    await runMove(harness, id, { dryRun: false });
    const owner = person({ role: 'OWNER', in: [sales] });
    const answer = await harness.ask(owner, 'mutation($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }', { input: { id: contacts.both._id.toHexString(), teamOwnerIds: [] } });
    expect(answer.errors).toBeUndefined();
    const again = await runMove(harness, id, { dryRun: false });
    expect(await ownersOf(contacts.both)).toEqual({ owners: [], setBy: 'person', version: 3 });
    expect(again.report).toMatchObject({ leftAlone: report.leftAlone + 1, unassigned: report.unassigned + 1 });
  });

  test('a contact that has a row by id and one by externalKey is moved and counted once, with both lists', async () => {
    const home = companyWithTeams(harness, [{ name: 'North' }, { name: 'South' }]);
    const contact = old(home.id, { external_key: 'twice' });
    const borrowed = old(home.id, { external_key: contact._id.toHexString() });
    await harness.contacts.insertMany([contact, borrowed]);
    await load(harness, home.id, [row('twice', '1,8'), row(contact, '2,8')], [{ legacyTeamId: '1', name: 'north' }, { legacyTeamId: '2', name: 'south' }]);
    const move = await runMove(harness, home.id, { dryRun: false });
    expect(await ownersOf(contact)).toMatchObject({ owners: [...home.teamIds].sort(), version: 2 });
    // a key that is one contact's id is never read as another's externalKey
    expect(await ownersOf(borrowed)).toMatchObject({ owners: [], version: 1 });
    expect(move).toMatchObject({ processed: 2, report: { contacts: 2, covered: 1, unmatchedTeams: [{ legacyTeamId: '8', contacts: 1 }] } });
  });

  test('no contact of another company is reached, by id or by key, and its rows and names are not read', async () => {
    const [home, away] = [companyWithTeams(harness, [{ name: 'North' }]), companyWithTeams(harness, [{ name: 'North' }])];
    const foreign = old(away.id, { external_key: 'k' });
    await harness.contacts.insertOne(foreign);
    await load(harness, home.id, [row(foreign, '1'), row('k', '1')], [{ legacyTeamId: '1', name: 'North' }]);
    await load(harness, away.id, [row('k', '1')]);
    expect(await runMove(harness, home.id, { dryRun: false })).toMatchObject({ processed: 2, report: { contacts: 0, coverage: 1 } });
    expect(await runMove(harness, away.id, { dryRun: false })).toMatchObject({ processed: 1, report: { contacts: 1, covered: 0, unmatchedTeams: [{ legacyTeamId: '1', name: null, contacts: 1 }] } });
    expect(await ownersOf(foreign)).toMatchObject({ owners: [], version: 1 });
  });

  test('more rows than a batch holds are all worked off, keys that look like operators among them', async () => {
    const home = companyWithTeams(harness, [{ name: 'North' }]);
    const keys = ['$where', '$ne', '.*', '(a+)+$', '__proto__', 'a.b', ...Array.from({ length: 520 }, (_, n) => `key ${String(n)}`)];
    await harness.contacts.insertMany(keys.map((external_key) => old(home.id, { _id: new ObjectId(), external_key })));
    await load(harness, home.id, keys.map((key) => row(key, '$1')), [{ legacyTeamId: '$1', name: 'North' }]);
    expect(await runMove(harness, home.id, { dryRun: false })).toMatchObject({ total: keys.length, processed: keys.length, report: { contacts: keys.length, covered: keys.length, coverage: 1, unassigned: 0 } });
    expect(await harness.contacts.countDocuments({ company_sso_id: home.id, team_owner_ids: home.teamIds[0] ?? '', version: 2 })).toBe(keys.length);
  });
});

describe('loadLegacyTeams', () => {
  test('the same row and name replace themselves, also twenty times at once; nothing at all is no fault', async () => {
    const home = companyWithTeams(harness, []);
    const answers = await Promise.all(Array.from({ length: 20 }, () => load(harness, home.id, [row('a', '1'), row('b', null)], [{ legacyTeamId: '1', name: 'One' }])));
    for (const answer of answers) expect(answer.errors).toBeUndefined();
    expect((await load(harness, home.id, [row('a', '2')], [{ legacyTeamId: '1', name: 'Other' }])).data).toEqual({ loadLegacyTeams: { rows: 2, teams: 1 } });
    expect((await load(harness, home.id, [], [])).data).toEqual({ loadLegacyTeams: { rows: 2, teams: 1 } });
    expect(await harness.db.collection('legacy_rows').find({ company_sso_id: home.id }).sort({ _id: 1 }).project({ _id: 0, contact_key: 1, crm_team_hierarchy_id: 1 }).toArray()).toEqual([
      { contact_key: 'a', crm_team_hierarchy_id: '2' },
      { contact_key: 'b', crm_team_hierarchy_id: null },
    ]);
  });

  test('one bad item writes nothing of the call', async () => {
    const home = companyWithTeams(harness, []);
    expect(codes(await load(harness, home.id, [row('a', '1'), row('b\u0000', '1')], [{ legacyTeamId: '1', name: 'One' }]))).toEqual([['BAD_USER_INPUT', 'input.rows[1].contactKey']]);
    expect(codes(await load(harness, home.id, [row('a', '1')], [{ legacyTeamId: '1', name: ' ' }]))).toEqual([['BAD_USER_INPUT', 'input.teams[0].name']]);
    expect(codes(await load(harness, home.id, Array.from({ length: 10_001 }, (_, n) => row(String(n), '1'))))).toEqual([['BATCH_TOO_LARGE', 'input.rows']]);
    expect((await load(harness, home.id, [{ contactKey: { $ne: null } }])).errors).toHaveLength(1);
    expect(await harness.db.collection('legacy_rows').countDocuments({ company_sso_id: home.id })).toBe(0);
  });
});

describe('who may move old contacts', () => {
  test('services with contacts:migrate only; people and other services are FORBIDDEN', async () => {
    const home = companyWithTeams(harness, []);
    const questions = [
      `mutation { loadLegacyTeams(input: { companySsoId: "${home.id}" }) { rows } }`, `mutation { startLegacyMove(input: { companySsoId: "${home.id}" }) { move { id } } }`,
      `{ legacyMove(id: "${randomUUID()}") { id } }`, `{ teamOwnerCoverage(companySsoId: "${home.id}") { coverage } }`,
    ];
    for (const viewer of [home.person({ role: 'OWNER' }), service('contacts:write'), service('teams:trigger')]) {
      for (const question of questions) expect(codes(await harness.ask(viewer, question))).toEqual([['FORBIDDEN', undefined]]);
    }
  });

  test('a company must be known, and a move too', async () => {
    const [unknown, home] = [randomUUID(), companyWithTeams(harness, [])];
    expect(codes(await load(harness, unknown, [row('a', '1')]))).toEqual([['NOT_FOUND', undefined]]);
    expect(codes(await start(harness, unknown))).toEqual([['NOT_FOUND', undefined]]);
    expect(codes(await start(harness, home.id.toUpperCase()))).toEqual([['BAD_USER_INPUT', 'input.companySsoId']]);
    expect(codes(await harness.ask(migrator, `{ teamOwnerCoverage(companySsoId: "${unknown}") { coverage } }`))).toEqual([['NOT_FOUND', undefined]]);
    for (const id of [randomUUID(), 'x', '$ne']) expect(codes(await harness.ask(migrator, 'query($id: ID!) { legacyMove(id: $id) { id } }', { id }))).toEqual([['NOT_FOUND', undefined]]);
    expect(await harness.db.collection('legacy_rows').countDocuments({ company_sso_id: unknown })).toBe(0);
    harness.teams.mood = { kind: 'down' };
    expect(codes(await start(harness, home.id))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
  });
});

describe('one move of a company at a time', () => {
  test('the same start is the same move, another one is CONFLICT, until it has ended; an outage of teams only delays it', async () => {
    const [home, away] = [companyWithTeams(harness, []), companyWithTeams(harness, [])];
    harness.teams.failing = new Set(['teams']);
    const starts = await Promise.all(Array.from({ length: 5 }, () => start(harness, home.id)));
    const [id, ...others] = new Set(starts.map((answer) => startedMove(answer).id));
    expect(others).toEqual([]);
    expect(codes(await start(harness, home.id, { dryRun: false }))).toEqual([['CONFLICT', undefined]]);
    expect(startedMove(await start(harness, away.id, { dryRun: false })).id).not.toBe(id);
    harness.teams.failing = new Set();
    expect(await askUntil(() => readMove(harness, id ?? ''), ({ status }) => status === 'COMPLETED')).toMatchObject({ status: 'COMPLETED' });
    expect(startedMove(await start(harness, home.id, { dryRun: false })).id).not.toBe(id);
  });
});

describe('coverage', () => {
  const coverage = async (id: string) => (await harness.ask(migrator, `{ teamOwnerCoverage(companySsoId: "${id}") { contacts covered coverage } }`)).data?.['teamOwnerCoverage'] as unknown;
  const reported = (id: string) => harness.teams.coverage.filter(({ companyId }) => companyId === id).at(-1);

  test('is contacts with a team owner ÷ all that are not deleted, and 1 without contacts', async () => {
    const { id } = await plant();
    expect(await coverage(id)).toEqual({ contacts: 9, covered: 1, coverage: 1 / 9 });
    expect(await coverage(companyWithTeams(harness, []).id)).toEqual({ contacts: 0, covered: 0, coverage: 1 });
  });

  test('is reported after each move', async () => {
    const { id, rows, names } = await plant();
    await load(harness, id, rows, names);
    await runMove(harness, id, { dryRun: false });
    expect(await askUntil(() => Promise.resolve(reported(id)), (report) => report?.covered === 3)).toMatchObject({ contacts: 9, covered: 3 });
  });

  test('counts as 1 when a move was told that there are no legacy rows; rows not yet loaded are not "none"', async () => {
    const home = companyWithTeams(harness, []);
    await harness.contacts.insertOne(old(home.id));
    expect(await runMove(harness, home.id, { dryRun: false })).toMatchObject({ total: 0, report: { contacts: 1, covered: 0, coverage: 0 } });
    expect(await askUntil(() => Promise.resolve(reported(home.id)), (report) => report !== undefined)).toMatchObject({ contacts: 1, covered: 0 });
    expect(await runMove(harness, home.id, { noLegacyRows: true })).toMatchObject({ dryRun: true, report: { coverage: 1 } });
    expect(await coverage(home.id)).toEqual({ contacts: 1, covered: 0, coverage: 0 });
    expect(await runMove(harness, home.id, { dryRun: false, noLegacyRows: true })).toMatchObject({ report: { contacts: 1, covered: 0, coverage: 1, unassigned: 1 } });
    expect(await coverage(home.id)).toEqual({ contacts: 1, covered: 0, coverage: 1 });
    expect(await askUntil(() => Promise.resolve(reported(home.id)), (report) => report?.covered === 1)).toMatchObject({ contacts: 1, covered: 1 });
    await load(harness, home.id, [row('a', '1')]);
    expect(await coverage(home.id)).toMatchObject({ coverage: 0 });
    expect(codes(await start(harness, home.id, { noLegacyRows: true }))).toEqual([['CONFLICT', 'input.noLegacyRows']]);
  });
});
