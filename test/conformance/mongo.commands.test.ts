import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Document, Double, Long, ObjectId } from 'bson';
import { type BulkWriteResult, MongoBulkWriteError } from 'mongodb';
import { describeWithRealMongo, type Pair, startPair } from '../support/conformance.ts';

const id = (digit: string): ObjectId => new ObjectId(digit.repeat(24));
const at = (ms: number): Date => new Date(1_700_000_000_000 + ms);

/** Commands of which each is sent to both, in order; all replies are compared. */
type Story = readonly Document[];

const insert = (...documents: Document[]): Document => ({ insert: 'c', documents });
const find = (filter: Document = {}, more: Document = {}): Document => ({ find: 'c', filter, ...more });
/** Which index finds them decides the order without it. */
const byId = (filter: Document): Document => find(filter, { sort: { _id: 1 } });
const update = (q: Document, u: unknown, more: Document = {}): Document => ({ update: 'c', updates: [{ q, u, ...more }] });
const index = (...indexes: Document[]): Document => ({ createIndexes: 'c', indexes });
const findAndUpdate = (query: Document, change: unknown, more: Document = {}): Document => ({ findAndModify: 'c', query, update: change, ...more });

const countsOf = ({ insertedCount, modifiedCount, deletedCount, upsertedIds }: BulkWriteResult): Document => ({ insertedCount, modifiedCount, deletedCount, upsertedIds });

type CursorReply = Readonly<{ cursor: Readonly<{ id: Long | number; firstBatch?: unknown[]; nextBatch?: unknown[] }> }>;

const live = { company_sso_id: 'one', is_deleted: false };
const contacts = [
  { _id: id('1'), ...live, name_key: 'ann', owner_id: 'o1', assignee_id: null, team_owner_ids: ['t1', 't2'], team_owners_pending: false, created_at: at(1), updated_at: at(3), version: 1 },
  { _id: id('2'), ...live, name_key: 'bob', owner_id: null, assignee_id: 'o1', team_owner_ids: [], team_owners_pending: true, created_at: at(2), updated_at: at(3), version: 1 },
  { _id: id('3'), ...live, name_key: 'a.n+n', owner_id: 'o2', assignee_id: 'o2', team_owner_ids: null, created_at: at(3), updated_at: at(2), version: 1 },
  { _id: id('4'), ...live, name_key: 'änn', owner_id: 'o2', team_owner_ids: ['t3'], team_owners_pending: null, created_at: at(4), updated_at: at(1), version: 1 },
  { _id: id('5'), ...live, is_deleted: true, name_key: 'zoe', owner_id: 'o1', created_at: at(5), updated_at: at(5), version: 1 },
  { _id: id('6'), ...live, company_sso_id: 'two', name_key: 'ann', owner_id: 'o1', team_owner_ids: ['t1', []], created_at: at(6), updated_at: at(6), version: 1 },
];
const ofContacts = insert(...contacts);
const unassigned = { team_owner_ids: { $in: [null, []] } };
const notPending = { team_owners_pending: { $in: [false, null] } };
const external = { name: 'external', key: { company: 1, external: 1 }, unique: true, partialFilterExpression: { external: { $exists: true } } };

const stories: Readonly<Record<string, Story>> = {
  'what a viewer sees: own, unassigned, of expanded teams, everything, nothing': [
    ofContacts,
    index({ key: { company_sso_id: 1, is_deleted: 1, team_owner_ids: 1 }, name: 'teams' }),
    byId({ ...live, $or: [{ owner_id: 'o1' }, { assignee_id: 'o1' }] }),
    byId({ ...live, $or: [{ owner_id: 'o1' }, { assignee_id: 'o1' }, { ...unassigned, ...notPending }, { team_owner_ids: { $in: ['t1', 't3'] }, ...notPending }] }),
    byId(live),
    byId({ ...live, _id: { $in: [] } }),
    byId(unassigned),
    byId({ team_owner_ids: { $nin: [null, []] } }),
    byId({ team_owner_ids: { $in: ['t1', 't2'] } }),
    byId({ team_owner_ids: null }),
    byId({ team_owner_ids: [] }),
    byId({ team_owner_ids: { $exists: false } }),
    byId({ team_owner_ids: { $size: 0 } }),
    byId({ team_owner_ids: { $elemMatch: { $in: ['t3'] } } }),
    byId({ assignee_id: null }),
    byId({ assignee_id: { $ne: null } }),
    { count: 'c', query: live, limit: 2 },
    { count: 'c', query: { ...live, ...unassigned }, skip: 1 },
    { distinct: 'c', key: 'team_owner_ids', query: live },
  ],
  'a page after a place, forward and back, by time and by name, and prefixes with every sign taken literally': [
    ofContacts,
    ...([1, -1] as const).flatMap((way) => [
      find({ $and: [live, {}, {}] }, { sort: { updated_at: way, _id: way }, limit: 3 }),
      find({ $and: [live, { updated_at: { [way === 1 ? '$gte' : '$lte']: at(3) }, $or: [{ updated_at: { [way === 1 ? '$gt' : '$lt']: at(3) } }, { _id: { [way === 1 ? '$gt' : '$lt']: id('1') } }] }] }, { sort: { updated_at: way, _id: way }, limit: 3 }),
      find(live, { sort: { name_key: way, _id: way }, skip: 1, limit: 2 }),
    ]),
    ...['^ann', '^a\\.n\\+', '^\\-', '^ä', '^'].map(($regex) => find({ name_key: { $regex } })),
    find({ name_key: { $regex: '^ANN', $options: 'i' } }),
  ],
  'work that a document still needs: claimed in order, settled by its attempt, and an outbox in the record': [
    ofContacts,
    index({ key: { 'derivation.due_at': 1 }, name: 'derivation_due', sparse: true }, { key: { 'audit.due_at': 1 }, name: 'audit_due', sparse: true }),
    update({ _id: id('1') }, { $set: { team_owners_pending: true, derivation: { id: 'd1', owner_id: 'o2', due_at: at(0), attempt: 0 }, 'audit.due_at': at(0) }, $inc: { version: 1 }, $push: { 'audit.entries': { $each: [{ id: 'e1' }, { id: 'e2' }] } } }),
    update({ _id: id('2') }, { $set: { derivation: { id: 'd2', owner_id: 'o2', due_at: at(-1), attempt: 3 } } }),
    ...[1, 2, 3].map(() => findAndUpdate({ 'derivation.due_at': { $lte: at(5) } }, { $set: { 'derivation.due_at': at(9) }, $inc: { 'derivation.attempt': 1 } }, { sort: { 'derivation.due_at': 1 }, new: true })),
    findAndUpdate({ 'audit.due_at': { $lte: at(5) } }, { $set: { 'audit.due_at': at(9) }, $inc: { 'audit.attempt': 1 } }, { sort: { 'audit.due_at': 1 }, new: true }),
    update({ $and: [{ _id: id('1'), 'audit.attempt': 1 }, {}] }, { $pull: { 'audit.entries': { id: { $in: ['e1'] } } } }),
    update({ $and: [{ _id: id('1'), 'audit.attempt': 1 }, { 'audit.entries': { $size: 0 } }] }, { $unset: { audit: '' } }),
    update({ _id: id('1') }, { $set: { 'audit.due_at': at(0) }, $push: { 'audit.entries': { $each: [{ id: 'e3' }] } } }),
    update({ $and: [{ _id: id('1'), 'audit.attempt': 1 }, {}] }, { $pull: { 'audit.entries': { id: { $in: ['e2', 'e3'] } } } }),
    update({ $and: [{ _id: id('1'), 'audit.attempt': 1 }, { 'audit.entries': { $size: 0 } }] }, { $unset: { audit: '' } }),
    update({ $and: [{ _id: id('1'), 'derivation.attempt': 2 }, { 'derivation.id': 'd1' }] }, { $set: { team_owners_pending: false }, $unset: { derivation: '' } }),
    update({ $and: [{ _id: id('1'), 'derivation.attempt': 1 }, { 'derivation.id': 'd1', version: 2 }] }, { $set: { team_owner_ids: ['t9'], team_owners_pending: false }, $inc: { version: 1 }, $unset: { derivation: '' } }),
    update({ $and: [{ _id: id('2'), version: 1 }, { ...live, $or: [{ owner_id: 'o1' }, { assignee_id: 'o1' }] }] }, { $set: { is_deleted: true }, $inc: { version: 1 }, $unset: { derivation: '', audit: '' } }),
    byId({}),
    byId({ $and: [live, { name_key: { $regex: '^a' } }, { $nor: [{ $and: [{ owner_id: 'o2' }] }] }] }),
    byId({ $nor: [{ $and: [{ assignee_id: { $regex: '^o' } }] }] }),
    byId({ 'derivation.due_at': { $exists: true } }),
  ],
  'a cursor across getMore, killed, used again, and of another collection': [
    insert(...Array.from({ length: 250 }, (_, n) => ({ _id: n, n }))),
    find({}, { batchSize: 100, singleBatch: true }),
    find({}, { batchSize: 0 }),
    find({ n: { $gte: 200 } }, { sort: { n: -1 }, limit: 3 }),
    { getMore: Long.fromNumber(4711), collection: 'c' },
    { killCursors: 'c', cursors: [Long.fromNumber(4711)] },
  ],
  'inserts: ordered and not, repeated ids, refused ids and names': [
    { insert: 'c', documents: [{ _id: 1 }, { _id: 1 }, { _id: 2 }] },
    { insert: 'c', documents: [{ _id: 2 }, { _id: 3 }, { _id: 3 }, { _id: 4 }], ordered: false },
    insert({ _id: [1] }),
    insert({ _id: { $a: 1 } }),
    insert({ _id: new Double(1) }),
    insert({ a: 1, _id: 9 }),
    { insert: 'c', documents: [] },
    find(),
  ],
  'partial unique indexes let what they leave out repeat': [
    index(external),
    insert({ _id: 1, company: 'a' }, { _id: 2, company: 'a' }, { _id: 3, company: 'a', external: 'x' }, { _id: 4, company: 'b', external: 'x' }),
    insert({ _id: 5, company: 'a', external: 'x' }),
    insert({ _id: 6, company: 'a', external: null }),
    insert({ _id: 7, company: 'a', external: null }),
    update({ _id: 1 }, { $set: { external: 'x' } }),
    update({ _id: 3 }, { $set: { external: 'y' } }),
    update({ _id: 1 }, { $set: { external: 'x' } }),
    { update: 'c', updates: [{ q: { _id: 2 }, u: { $set: { external: 'x' } } }, { q: { _id: 2 }, u: { $set: { seen: true } } }], ordered: false },
    findAndUpdate({ _id: 4 }, { $set: { company: 'a' } }),
    find(),
  ],
  'unique indexes over arrays, missing fields and nulls': [
    index({ key: { a: 1 }, name: 'a', unique: true }),
    insert({ _id: 1, a: [1, 2, 2] }),
    insert({ _id: 2, a: 2 }),
    insert({ _id: 3 }),
    insert({ _id: 4, a: null }),
    insert({ _id: 5, a: [] }),
    insert({ _id: 6, a: [] }),
    insert({ _id: 7, a: [[]] }),
    insert({ _id: 8, a: [3, 1] }),
    insert({ _id: 9, a: new Double(2) }),
    insert({ _id: 10, a: { b: 1 } }, { _id: 11, a: { b: new Double(1) } }),
    update({ _id: 1 }, { $push: { a: 1 } }),
    find(),
    { createIndexes: 'd', indexes: [{ key: { 'a.b': 1, c: 1 }, name: 'abc', unique: true, sparse: true }] },
    { insert: 'd', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3, a: [{ b: 1 }, { b: 2 }], c: 1 }, { _id: 4, c: 1 }, { _id: 5, c: 1 }], ordered: false },
    { insert: 'd', documents: [{ _id: 6, a: [{ b: 2 }], c: [1] }] },
    { insert: 'd', documents: [{ _id: 7, a: { b: 2 }, c: 1 }] },
    { find: 'd' },
  ],
  'indexes made twice, in conflict, dropped, and over documents that break them': [
    index(external),
    index(external),
    index({ ...external, name: 'other' }),
    index({ ...external, key: { company: 1 } }),
    index({ ...external, unique: false }),
    index({ ...external, partialFilterExpression: { external: { $gt: 'a' } } }),
    index({ key: { a: 1 }, name: 'a_1' }, { key: { b: -1 }, name: 'b_-1' }),
    index({ key: { a: 1 }, name: 'a_1' }, { key: { d: -1 }, name: 'd_-1' }),
    index({ key: { _id: 1 }, name: '_id_' }),
    index({ key: {}, name: 'none' }),
    index({ key: { a: 0 }, name: 'zero' }),
    index({ key: { a: 1 } }),
    index({ key: { 'a..b': 1 }, name: 'empty' }),
    { listIndexes: 'c' },
    { dropIndexes: 'c', index: 'a_1' },
    { dropIndexes: 'c', index: 'a_1' },
    { dropIndexes: 'c', index: '_id_' },
    { dropIndexes: 'nowhere', index: 'a_1' },
    { listIndexes: 'nowhere' },
    insert({ _id: 1, a: 1 }, { _id: 2, a: 1 }),
    index({ key: { a: 1 }, name: 'a_1', unique: true }),
    { dropIndexes: 'c', index: '*' },
    { listIndexes: 'c' },
    find({ a: 1 }, { hint: 'a_1' }),
  ],
  'upserts: seeds from the filter, $setOnInsert, clashes, what is answered': [
    update({ _id: 32 }, { $setOnInsert: { name: 'teams', applied_at: at(0) } }, { upsert: true }),
    update({ _id: 32 }, { $setOnInsert: { name: 'other' } }, { upsert: true }),
    update({ _id: 33, a: 1, 'b.c': { $eq: 2 }, d: { $in: [3] }, e: { $gt: 4 } }, { $set: { f: 5 } }, { upsert: true }),
    update({ _id: 34, $and: [{ a: 1 }, { a: 2 }] }, { $set: { f: 5 } }, { upsert: true }),
    update({ _id: 35, a: 1, 'a.b': 2 }, { $set: { f: 5 } }, { upsert: true }),
    update({ _id: 36, $or: [{ a: 1 }] }, { $inc: { n: 2 } }, { upsert: true }),
    update({ _id: 37, $or: [{ a: 1 }, { a: 2 }] }, { $mul: { n: 2 } }, { upsert: true }),
    update({ _id: 38, a: 1 }, { b: 1 }, { upsert: true }),
    update({ _id: 39 }, { _id: 40 }, { upsert: true }),
    update({ _id: 41 }, { $set: { _id: 42 } }, { upsert: true }),
    update({ _id: 43, a: 1 }, { $set: { a: 2 } }, { upsert: true }),
    update({ _id: 44, a: null, b: { $all: [1] } }, { $push: { c: 1 } }, { upsert: true }),
    update({ _id: 45, a: { $regex: 'x' }, b: { $ne: 1 } }, { $unset: { a: '' } }, { upsert: true }),
    findAndUpdate({ _id: 46, state: 'new' }, { $set: { state: 'taken' }, $inc: { attempt: 1 } }, { upsert: true, new: true }),
    findAndUpdate({ _id: 47 }, { $set: { a: 1 } }, { upsert: true }),
    findAndUpdate({ _id: 48 }, { $set: { a: 1 } }),
    find({}, { sort: { _id: 1 } }),
  ],
  'leases: the first in an order is taken once, with its attempt counted; removed; projected': [
    insert({ _id: 1, state: 'new', at: at(2), attempt: 0 }, { _id: 2, state: 'new', at: at(1), attempt: 0 }, { _id: 3, state: 'done', at: at(0) }),
    ...[1, 2, 3].map(() => findAndUpdate({ $or: [{ state: 'new' }, { state: 'taken', until: { $lt: at(5) } }] }, { $set: { state: 'taken', until: at(10) }, $inc: { attempt: 1 } }, { sort: { at: 1 }, new: true })),
    findAndUpdate({ _id: 2, attempt: 1 }, { $set: { state: 'done' }, $unset: { until: '' } }, { fields: { state: 1, _id: 0 } }),
    findAndUpdate({ _id: 2, attempt: 1 }, { state: 'replaced' }, { new: true }),
    { findAndModify: 'c', query: { state: 'done' }, sort: { at: -1 }, remove: true },
    { findAndModify: 'c', query: { state: 'nothing' }, remove: true },
    { findAndModify: 'c', query: {}, remove: true, update: { $set: { a: 1 } } },
    { findAndModify: 'c', query: {}, remove: true, new: true },
    { findAndModify: 'c', query: {} },
    find(),
  ],
  'arrays: positional, every, by filter; nothing found; targets that are not there': [
    insert({ _id: 1, tags: [{ k: 'a', n: 1 }, { k: 'b', n: 2 }, { k: 'b', n: 3 }], ids: ['t1', 't2', 't1'] }, { _id: 2, tags: [], ids: [] }, { _id: 3, other: 1 }, { _id: 4, ids: 't1' }),
    update({ _id: 1, 'tags.k': 'b' }, { $set: { 'tags.$.n': 9 } }),
    update({ _id: 1, tags: { $elemMatch: { k: 'b', n: 3 } } }, { $inc: { 'tags.$.n': 1 } }),
    update({ _id: 1, ids: 't2' }, { $set: { 'ids.$': 't9' } }),
    update({ _id: 1 }, { $set: { 'tags.$.n': 9 } }),
    update({}, { $inc: { 'tags.$[].n': 1 } }, { multi: true }),
    update({ tags: { $exists: true } }, { $inc: { 'tags.$[].n': 1 } }, { multi: true }),
    update({ _id: 1 }, { $set: { 'tags.$[t].n': 0 } }, { arrayFilters: [{ 't.k': 'b', 't.n': { $gt: 2 } }] }),
    update({ _id: 1 }, { $set: { 'ids.$[i]': 't8' } }, { arrayFilters: [{ i: { $in: ['t1'] } }] }),
    update({ _id: 1 }, { $set: { 'ids.$[i]': 't8' } }, { arrayFilters: [{ j: 1 }] }),
    update({ _id: 1 }, { $set: { 'ids.$[i]': 't8' } }),
    update({ _id: 3 }, { $set: { 'ids.$[i]': 't8' } }, { arrayFilters: [{ i: 't1' }] }),
    update({ _id: 4 }, { $set: { 'ids.$[i]': 't8' } }, { arrayFilters: [{ i: 't1' }] }),
    update({ _id: 3 }, { $set: { 'other.deep': 1 } }),
    update({ _id: 3 }, { $set: { 'new.deep.er': 1, 'list.0': 1 } }),
    update({ _id: 2 }, { $set: { 'ids.2': 'x' } }),
    update({ _id: 2 }, { $set: { 'ids.x': 'x' } }),
    update({ ids: { $in: ['t8', 't9'] } }, { $pull: { ids: { $in: ['t8', 't9'] } }, $addToSet: { teams: { $each: ['a', 'b', 'a'] } } }, { multi: true }),
    update({ _id: 4 }, { $pull: { ids: 't1' } }),
    update({ _id: 4 }, { $push: { ids: 't1' } }),
    update({ _id: 1 }, { $push: { log: { $each: [{ n: 3 }, { n: 1 }, { n: 2 }], $sort: { n: 1 }, $slice: -2 } } }),
    update({ _id: 1 }, { $push: { log: { $each: [{ n: 0 }], $position: 0, $slice: 2 } } }),
    findAndUpdate({ _id: 1, 'log.n': 2 }, { $set: { 'log.$.seen': true } }, { new: true }),
    find(),
  ],
  'what counts as a change, what is refused': [
    insert({ _id: 1, a: 1, b: 'x', d: new Double(1) }, { _id: 2, a: 1 }),
    update({}, { $set: { a: 1 } }, { multi: true }),
    update({}, { $set: { a: new Double(1) } }, { multi: true }),
    update({}, { $inc: { a: 0 } }, { multi: true }),
    update({}, { $unset: { nothing: '' }, $pull: { nothing: 1 }, $addToSet: { s: 1 } }, { multi: true }),
    update({}, { $addToSet: { s: 1 } }, { multi: true }),
    update({ _id: 1 }, { $min: { a: 1 }, $max: { d: 1 } }),
    update({ _id: 1 }, { $currentDate: { z: true }, $unset: { z: '' } }),
    update({ _id: 1 }, { _id: 1, a: 1 }),
    update({ _id: 1 }, { a: 1 }),
    update({}, { a: 1 }, { multi: true }),
    update({ _id: 1 }, { $set: { _id: 2 } }),
    update({ _id: 1 }, { _id: 2 }),
    update({ _id: 1 }, { $set: { _id: 1, a: 3 } }),
    update({ _id: 1 }, { $wrong: { a: 1 } }),
    update({ _id: 1 }, { $set: 1 }),
    update({ _id: 1 }, { $set: {} }),
    update({ _id: 1 }, { $set: { a: 1 }, $inc: { 'a.b': 1 } }),
    update({ _id: 1 }, { $set: { 'a.': 1 } }),
    update({ _id: 1 }, { $set: { '': 1 } }),
    update({ _id: 1 }, { $inc: { a: 'x' } }),
    update({ _id: 1 }, { a: 1, $set: { b: 1 } }),
    update({ _id: 1 }, { $set: { b: 1 }, a: 1 }),
    update({ _id: 2 }, { $set: { b: 'x' } }),
    update({ _id: 2 }, { $inc: { b: 1 } }),
    update({ _id: 2 }, [{ $set: { c: { $size: '$s' } } }, { $unset: 'b' }]),
    update({ _id: 2 }, { $inc: { big: Long.MAX_VALUE } }),
    update({ _id: 2 }, { $inc: { big: 1 } }),
    { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { b: 1 } } }, { q: { _id: 1 }, u: { $inc: { b: 'x' } } }, { q: { _id: 2 }, u: { $set: { b: 9 } } }] },
    { update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { b: 'x' } } }, { q: { _id: 2 }, u: { $set: { b: 9 } } }], ordered: false },
    { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { b: 1 } }, wrong: 1 }] },
    { update: 'nowhere', updates: [{ q: { _id: 1 }, u: { $set: { b: 1 } } }] },
    find(),
  ],
  'deletes of one and of all': [
    insert({ _id: 1, a: 1 }, { _id: 2, a: 1 }, { _id: 3, a: 2 }),
    { delete: 'c', deletes: [{ q: { a: 1 }, limit: 1 }, { q: { a: 2 }, limit: 0 }] },
    { delete: 'c', deletes: [{ q: { a: { $wrong: 1 } }, limit: 1 }, { q: {}, limit: 0 }], ordered: false },
    { delete: 'c', deletes: [{ q: {}, limit: 2 }] },
    { delete: 'nowhere', deletes: [{ q: {}, limit: 0 }] },
    find(),
  ],
  'pipelines: match, group, count, sort, project, unwind, facet': [
    ofContacts,
    ...[
      [{ $match: live }, { $group: { _id: '$owner_id', n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
      [{ $match: live }, { $count: 'n' }],
      [{ $match: { company_sso_id: 'none' } }, { $count: 'n' }],
      [{ $match: live }, { $group: { _id: 1, n: { $sum: 1 } } }],
      [{ $match: live }, { $limit: 3 }, { $group: { _id: null, n: { $sum: 1 } } }],
      [{ $unwind: '$team_owner_ids' }, { $group: { _id: '$team_owner_ids', n: { $sum: 1 } } }, { $sort: { n: -1, _id: 1 } }],
      [{ $match: live }, { $sort: { updated_at: -1, _id: 1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { name_key: 1, _id: 0 } }],
      [{ $sort: { _id: 1 } }, { $group: { _id: '$company_sso_id', first: { $first: '$name_key' }, last: { $max: '$updated_at' }, all: { $push: '$name_key' } } }, { $sort: { _id: 1 } }],
      [{ $group: { n: { $sum: 1 } } }],
      [{ $group: { _id: 1, n: { $wrong: 1 } } }],
      [{ $wrong: 1 }],
      [{ $limit: 0 }],
      [{ $match: { $wrong: 1 } }],
      [{ $count: '' }],
      [{ $match: {}, $limit: 1 }],
    ].map((pipeline) => ({ aggregate: 'c', pipeline, cursor: {} })),
    { aggregate: 'nowhere', pipeline: [{ $match: {} }], cursor: {} },
    { aggregate: 'c', pipeline: [] },
  ],
  'filters that are wrong': [
    insert({ _id: 1 }),
    ...[{ a: { $wrong: 1 } }, { $wrong: 1 }, { $and: [] }, { $and: {} }, { $or: [1] }, { a: { $in: 1 } }, { a: { $in: [{ $a: 1 }] } }, { a: { $not: 1 } }, { a: { $not: {} } }, { a: { $size: -1 } }, { a: { $size: 'x' } }, { a: { $mod: [0, 1] } }, { a: { $mod: [1] } }, { a: { $regex: 1 } }, { a: { $regex: '(' } }, { a: { $options: 'i' } }, { a: { $elemMatch: 1 } }, { a: { $all: 1 } }, { a: { $type: 'x' } }, { a: { $exists: null } }, { a: { $ne: 1, b: 1 } }].map((filter) => find(filter)),
    find({}, { sort: { a: 2 } }),
    find({}, { sort: { a: 'x' } }),
    find({}, { limit: -1 }),
    find({}, { skip: -1 }),
    find({}, { batchSize: -1 }),
    find({}, { wrong: 1 }),
    find({}, { filter: 1 }),
    find({}, { projection: { a: 1, b: 0 } }),
    find({}, { projection: { a: 0, b: 1 } }),
    { nothing: 1 },
  ],
  'order across the types, missing, null and arrays': [
    insert(...[null, [], [[]], [null], 1, new Double(1), Long.fromNumber(2), 'a', { a: 1 }, {}, [1, 9], id('a'), false, true, at(0), 'B', '', ['z']].map((a, _id) => ({ _id, a })), { _id: 98 }, { _id: 99, a: Number.NaN }),
    ...([1, -1] as const).map((way) => find({}, { sort: { a: way, _id: 1 } })),
    ...([1, -1] as const).map((way) => find({}, { sort: { a: way, _id: -1 }, limit: 7, skip: 2 })),
    ...[1, 'a', null, [], true, at(0)].flatMap((value) => ['$lt', '$lte', '$gt', '$gte', '$eq', '$ne'].map((operator) => find({ a: { [operator]: value } }))),
  ],
  'collections and databases': [
    { create: 'c' },
    { create: 'c' },
    { create: 'a$b' },
    { create: '' },
    { listCollections: 1, nameOnly: true },
    { drop: 'c' },
    { drop: 'c' },
    { ping: 1 },
    { drop: 1 },
    { insert: 'c' },
    { find: 1 },
  ],
};

describeWithRealMongo('the embedded MongoDB answers as mongod does (real servers)', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
  });
  afterEach(async () => {
    await Promise.all([pair.embedded.dropDatabase(), pair.real.dropDatabase()]);
  });
  afterAll(async () => {
    await pair.close();
  });

  test.each(Object.entries(stories))('%s', async (_, story) => {
    const different: Document[] = [];
    for (const command of story) {
      const { embedded, real } = await pair.ask(command);
      if (embedded.text !== real.text && !embedded.refused) different.push({ command: JSON.stringify(command), embedded: embedded.text, real: real.text });
    }
    expect(different).toEqual([]);
  });

  test('a cursor goes on across getMore in the same batches', async () => {
    await pair.tell(insert(...Array.from({ length: 250 }, (_, _id) => ({ _id }))));
    const batches = await Promise.all(
      [pair.embedded, pair.real].map(async (db) => {
        const sizes: number[] = [];
        let reply = (await db.command({ find: 'c', sort: { _id: -1 } })) as CursorReply;
        for (;;) {
          sizes.push((reply.cursor.firstBatch ?? reply.cursor.nextBatch ?? []).length);
          if (Number(reply.cursor.id) === 0) return sizes;
          reply = (await db.command({ getMore: Long.fromValue(reply.cursor.id), collection: 'c', batchSize: 70 })) as CursorReply;
        }
      }),
    );
    expect(batches[0]).toEqual(batches[1]);
  });

  test('of upserts at once on a unique key one inserts, the others update or say 11000', async () => {
    const outcomes = await Promise.all(
      [pair.embedded, pair.real].map(async (db) => {
        await db.command(index({ key: { key: 1 }, name: 'key', unique: true }));
        const told = await Promise.all(
          Array.from({ length: 20 }, (_, n) => db.collection('c').updateOne({ key: 'k' }, { $inc: { n: 1 }, $setOnInsert: { by: n } }, { upsert: true }).then((result) => result.upsertedCount, (error: unknown) => (error as { code?: number }).code)),
        );
        return { inserts: told.filter((each) => each === 1).length, strange: told.filter((each) => each !== 1 && each !== 0 && each !== 11000), n: await db.collection('c').countDocuments() };
      }),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  test('bulkWrite of the driver, ordered and not', async () => {
    const outcomes = await Promise.all(
      [pair.embedded, pair.real].map(async (db) => {
        const c = db.collection<{ _id: number; a?: number }>('c');
        await c.insertMany([{ _id: 1 }, { _id: 2 }]);
        const told: unknown[] = [];
        for (const ordered of [true, false]) {
          told.push(
            await c
              .bulkWrite([{ insertOne: { document: { _id: 3 } } }, { updateOne: { filter: { _id: 1 }, update: { $inc: { a: 1 } } } }, { insertOne: { document: { _id: 1 } } }, { deleteOne: { filter: { _id: 3 } } }, { replaceOne: { filter: { _id: 9 }, replacement: { a: 1 }, upsert: true } }], { ordered })
              .then(countsOf, (error: unknown) => {
                if (!(error instanceof MongoBulkWriteError)) throw error;
                return { ...countsOf(error.result), errors: [error.writeErrors].flat().map(({ code, index: place }) => [code, place]) };
              }),
          );
        }
        return { told, left: await c.find().sort({ _id: 1 }).toArray() };
      }),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
  });
});
