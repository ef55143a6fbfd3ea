import { afterAll, beforeAll, test } from '@jest/globals';
import { type Document, EJSON, Int32 } from 'bson';
import fc from 'fast-check';
import { describeWithRealMongo, type Pair, startPair } from '../support/conformance.ts';
import { documents, filters, projections, sorts, updates } from '../support/conformanceValues.ts';

/** Generated cases in all: CONFORMANCE_CASES, 6,000 unless said otherwise. */
const cases = Number(process.env['CONFORMANCE_CASES'] ?? 6_000);
/** CONFORMANCE_SEED: another number, as a failure prints it, or `random`; left out it is the same each time, so that a change is judged by what it changed. */
const given = process.env['CONFORMANCE_SEED'] ?? '1';
const seed = given === 'random' ? Date.now() % 0x7fff_ffff : Number(given);

const manyDocuments = fc.array(documents, { minLength: 12, maxLength: 24 });
const limit = 600_000;

describeWithRealMongo(`the embedded MongoDB answers generated commands as mongod does (real servers, seed ${String(seed)})`, () => {
  let pair: Pair;
  let asked = 0;
  let refused = 0;
  let collections = 0;
  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(async () => {
    await pair.close();
    console.log(`${String(asked)} generated commands compared, ${String(refused)} of them refused by name`);
  });

  const filled = async (docs: readonly Document[]): Promise<string> => {
    const name = `c${String((collections += 1))}`;
    await pair.tell({ insert: name, documents: docs.map((doc, _id) => ({ _id: new Int32(_id), ...doc })) });
    return name;
  };
  /** @returns false when the embedded server refused it by name and the other may have done it */
  const same = async (command: Document): Promise<boolean> => {
    const { embedded, real } = await pair.ask(command);
    asked += 1;
    if (embedded.refused) {
      refused += 1;
      return false;
    }
    if (embedded.text !== real.text) throw new Error(`${EJSON.stringify(command)}\n  mongod:   ${real.text}\n  embedded: ${embedded.text}`);
    return true;
  };
  const drop = (name: string): Promise<void> => pair.tell({ drop: name });
  /** Runs a property over batches of so many cases. */
  const check = async (share: number, perBatch: number, property: fc.IAsyncProperty<never> | ReturnType<typeof fc.asyncProperty>): Promise<void> => {
    await fc.assert(property, { seed, numRuns: Math.ceil((cases * share) / perBatch), endOnFailure: process.env['CONFORMANCE_SHRINK'] === 'no' });
  };

  test('filters', async () => {
    const property = fc.asyncProperty(manyDocuments, fc.array(filters, { minLength: 20, maxLength: 20 }), async (docs, asking) => {
      const name = await filled(docs);
      for (const filter of asking) await same({ find: name, filter, projection: { _id: 1 } });
      await drop(name);
    });
    await check(0.35, 20, property);
  }, limit);

  test('filters with indexes that narrow them', async () => {
    const property = fc.asyncProperty(manyDocuments, fc.array(filters, { minLength: 20, maxLength: 20 }), async (docs, asking) => {
      const flat = docs.map((doc) => Object.fromEntries(Object.entries(doc).filter(([key, value]) => key !== 'b' || !Array.isArray(value))));
      const name = await filled(flat);
      // Not over dotted paths: there mongod's own answers to null and [] change with the index ({ 'a.b': { $nin: [null, []] } }).
      const indexes = [{ key: { a: 1 }, name: 'a' }, { key: { b: 1 }, name: 'b' }];
      await pair.tell({ createIndexes: name, indexes });
      for (const filter of asking) await same({ find: name, filter, sort: { _id: 1 }, projection: { _id: 1 } });
      await drop(name);
    });
    await check(0.15, 20, property);
  }, limit);

  test('sorts with limit', async () => {
    const property = fc.asyncProperty(manyDocuments, fc.array(fc.tuple(sorts, fc.nat(5)), { minLength: 20, maxLength: 20 }), async (docs, asking) => {
      const name = await filled(docs);
      for (const [sort, count] of asking) await same({ find: name, sort, limit: count, projection: { _id: 1 } });
      await drop(name);
    });
    await check(0.15, 20, property);
  }, limit);

  test('projections', async () => {
    const property = fc.asyncProperty(manyDocuments, fc.array(projections, { minLength: 20, maxLength: 20 }), async (docs, asking) => {
      const name = await filled(docs);
      for (const projection of asking) await same({ find: name, projection });
      await drop(name);
    });
    await check(0.1, 20, property);
  }, limit);

  test('updates', async () => {
    const property = fc.asyncProperty(fc.array(fc.tuple(documents, updates, filters), { minLength: 20, maxLength: 20 }), async (asking) => {
      const name = await filled(asking.map(([doc]) => doc));
      const apart: Int32[] = [];
      for (const [_id, [, update, filter]] of asking.entries()) {
        const q = JSON.stringify(update.u).includes('.$') ? { _id: new Int32(_id), ...filter } : { _id: new Int32(_id) };
        if (!(await same({ update: name, updates: [{ q, ...update }] }))) apart.push(new Int32(_id));
      }
      await same({ find: name, filter: { _id: { $nin: apart } } });
      await drop(name);
    });
    await check(0.25, 20, property);
  }, limit);

  test('upserts and findAndModify', async () => {
    const property = fc.asyncProperty(fc.array(documents, { maxLength: 6 }), fc.array(fc.tuple(filters, updates, sorts), { minLength: 10, maxLength: 10 }), async (docs, asking) => {
      const name = `c${String((collections += 1))}`;
      if (docs.length > 0) await pair.tell({ insert: name, documents: docs.map((doc, _id) => ({ _id: new Int32(_id), ...doc })) });
      for (const [at, [filter, update, sort]] of asking.entries()) {
        // mongod forgets the filter's equalities, the _id too, when it sees that nothing can match; then each makes an _id of its own.
        const upsert = at % 2 === 0 && !JSON.stringify(filter).includes('[]');
        const query = { ...filter, ...(upsert && { _id: new Int32(at) }) };
        const command = { findAndModify: name, query, sort, update: update.u, new: true, upsert, ...(update.arrayFilters && { arrayFilters: update.arrayFilters }) };
        if (!(await same(command))) return;
      }
      await same({ find: name });
      await same({ drop: name });
    });
    await check(0.1, 10, property);
  }, limit);
});
