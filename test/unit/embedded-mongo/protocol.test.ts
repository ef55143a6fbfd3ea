import { connect, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { serialize } from 'bson';
import { type Document, MongoClient } from 'mongodb';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();

const header = (length: number, opCode: number): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
};

const opMsg = (flags: number, ...sections: Uint8Array[]): Buffer => {
  const body = Buffer.concat([Buffer.from(Uint32Array.of(flags).buffer), ...sections]);
  return Buffer.concat([header(16 + body.length, 2013), body]);
};

const bodySection = (command: Document): Buffer => Buffer.concat([Buffer.of(0), serialize(command)]);

const sequence = (name: string, ...docs: Document[]): Buffer => {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...docs.map((doc) => serialize(doc))]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(4 + content.length);
  return Buffer.concat([Buffer.of(1), size, content]);
};

const open = async (): Promise<Socket> => {
  const socket = connect(Number(new URL(mongo.url()).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
};

/** Resolves with what came back before the server closed the connection or a reply was complete. */
const exchange = async (bytes: Buffer): Promise<Buffer> => {
  const socket = await open();
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length >= 16 && all.length >= all.readInt32LE(0)) resolve();
    });
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
  socket.write(bytes);
  await done;
  socket.destroy();
  return Buffer.concat(chunks);
};

describe('the handshake', () => {
  test('presents a standalone server of wire version 17, to old and new greetings', async () => {
    const admin = mongo.client().db('admin');
    const hello = await admin.command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, maxWireVersion: 17, maxMessageSizeBytes: 48_000_000, ok: 1 });
    expect(hello).not.toHaveProperty('setName');
    expect(await admin.command({ isMaster: 1 })).toMatchObject({ ismaster: true });
    expect(await admin.command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await admin.command({ buildInfo: 1 })).toMatchObject({ versionArray: [6, 0, 0, 0] });
  });

  test('sessions, majority concerns and retryable writes are the driver’s to use', async () => {
    const client = new MongoClient(mongo.url(), { writeConcern: { w: 'majority' }, readConcern: { level: 'majority' }, retryWrites: true });
    const c = client.db('test').collection('majority');
    await client.withSession(async (session) => {
      await c.insertOne({ a: 1 }, { session });
      expect(await c.countDocuments({}, { session })).toBe(1);
    });
    await client.close();
  });

  test('a transaction is refused with code 263, a transaction number alone with 20', async () => {
    const c = await mongo.fresh({});
    const session = mongo.client().startSession();
    session.startTransaction();
    expect(await serverError(c.insertOne({ a: 1 }, { session }))).toMatchObject({ code: 263, codeName: 'OperationNotSupportedInTransaction' });
    await session.abortTransaction().catch(() => undefined);
    await session.endSession();
    expect(await c.countDocuments()).toBe(1);
    expect(await serverError(mongo.db().command({ ping: 1, txnNumber: 1 }))).toMatchObject({ code: 20, codeName: 'IllegalOperation' });
  });
});

describe('commands that are not known', () => {
  test.each<[Document, number]>([
    [{ wibble: 1 }, 59],
    [{ toString: 1 }, 59],
    [{ explain: { find: 'x' } }, 115],
    [{ getParameter: '*' }, 115],
    [{ find: 'x', wibble: 1 }, 40415],
    [{ find: 'x', collation: { locale: 'de' } }, 115],
    [{ find: 'x', let: { a: 1 } }, 115],
    [{ find: 'x', tailable: true }, 115],
    [{ find: 5 }, 2],
    [{ find: 'x', filter: 5 }, 14],
    [{ find: 'x', limit: -1 }, 51024],
    [{ insert: 'x', documents: [] }, 16],
    [{ insert: 'x' }, 40414],
    [{ aggregate: 'x', pipeline: [] }, 9],
    [{ create: 'x', capped: true }, 40415],
    [{ ping: 1, writeConcern: { w: 3 } }, 2],
    [{ ping: 1, readConcern: { level: 'snapshot' } }, 123],
    [{ create: 'bad$name' }, 73],
  ])('%j ends in code %i', async (command, code) => {
    expect(await serverError(mongo.db().command(command))).toMatchObject({ code });
  });

  test('an operation with a field or a collation that is not known', async () => {
    const update = (operation: Document): Promise<Document> => mongo.db().command({ update: 'x', updates: [operation] });
    const errorOf = async (operation: Document): Promise<unknown> => ((await update(operation))['writeErrors'] as Document[])[0]?.['code'];
    expect(await serverError(update({ q: {}, u: { $set: { a: 1 } }, wibble: 1 }))).toMatchObject({ code: 40415 });
    expect(await serverError(update({ q: {}, u: { $set: { a: 1 } }, collation: { locale: 'de' } }))).toMatchObject({ code: 115 });
    expect(await errorOf({ q: {}, u: { a: 1 }, multi: true })).toBe(9);
  });
});

describe('collections and databases', () => {
  test('are created, listed and dropped', async () => {
    const db = mongo.client().db('catalog');
    await db.createCollection('b');
    await db.collection('a').insertOne({});
    expect(await serverError(db.createCollection('b'))).toMatchObject({ code: 48 });
    expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await db.listCollections({ name: 'b' }, { nameOnly: true }).toArray()).toEqual([{ name: 'b', type: 'collection' }]);
    expect((await db.admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name)).toContain('catalog');
    expect(await db.dropCollection('a')).toBe(true);
    expect(await serverError(db.command({ drop: 'a' }))).toMatchObject({ code: 26 });
    expect(await db.dropDatabase()).toBe(true);
    expect(await db.listCollections().toArray()).toEqual([]);
  });
});

describe('the wire', () => {
  test('an unacknowledged write gets no reply and is done', async () => {
    const c = await mongo.fresh();
    await c.insertOne({ a: 1 }, { writeConcern: { w: 0 } });
    await c.updateOne({ a: 1 }, { $set: { a: 2 } }, { writeConcern: { w: 0 } });
    const deadline = Date.now() + 5_000;
    while ((await c.findOne({ a: 2 })) === null) expect(Date.now()).toBeLessThan(deadline);
    const unanswered = opMsg(2, bodySection({ insert: c.collectionName, $db: 'test', documents: [{ b: 1 }] }));
    const reply = await exchange(Buffer.concat([unanswered, opMsg(0, bodySection({ count: c.collectionName, $db: 'test' }))]));
    expect(reply.readInt32LE(0)).toBe(reply.length);
    expect(await c.countDocuments()).toBe(2);
  });

  test('reads document sequences, with a checksum too', async () => {
    const c = await mongo.fresh();
    const message = opMsg(1, sequence('documents', { _id: 1 }, { _id: 2 }), bodySection({ insert: c.collectionName, $db: 'test' }), Buffer.alloc(4));
    const reply = await exchange(message);
    expect(reply.readInt32LE(8)).toBe(7);
    expect(await c.countDocuments()).toBe(2);
  });

  test('reads a message that arrives byte by byte and two that arrive together', async () => {
    const ping = opMsg(0, bodySection({ ping: 1, $db: 'admin' }));
    const socket = await open();
    socket.setNoDelay(true);
    let received = 0;
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    for (const byte of ping) socket.write(Buffer.of(byte));
    socket.write(Buffer.concat([ping, ping]));
    const one = (await exchange(ping)).length;
    const deadline = Date.now() + 5_000;
    while (received < 3 * one && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(received).toBe(3 * one);
    socket.destroy();
  });

  const ping = bodySection({ ping: 1, $db: 'admin' });
  test.each<[string, Buffer]>([
    ['a length that is too small', header(3, 2013)],
    ['a negative length', header(-1, 2013)],
    ['a length beyond 48 MB', header(48_000_001, 2013)],
    ['an unknown opcode', header(16, 4242)],
    ['an OP_MSG without anything', header(16, 2013)],
    ['unknown required flags', opMsg(4, ping)],
    ['an unknown section', opMsg(0, Buffer.of(9, 1, 2, 3, 4, 5))],
    ['two bodies', opMsg(0, ping, ping)],
    ['no body', opMsg(0, sequence('documents', {}))],
    ['a document longer than its section', opMsg(0, Buffer.of(0, 255, 0, 0, 0, 0))],
    ['a sequence longer than its message', opMsg(0, ping, Buffer.of(1, 255, 0, 0, 0, 65, 0))],
    ['a sequence that is in the body too', opMsg(0, bodySection({ insert: 'x', $db: 'test', documents: [] }), sequence('documents', {}))],
    ['bytes that are no BSON', opMsg(0, Buffer.of(0, 12, 0, 0, 0, 99, 97, 0, 1, 2, 3, 4, 0))],
    ['an OP_QUERY on a collection', Buffer.concat([header(16 + 4 + 7 + 8, 2004), Buffer.alloc(4), Buffer.from('test.x\0'), Buffer.alloc(8)])],
  ])('%s closes that connection and no other', async (_name, bytes) => {
    expect(await exchange(bytes)).toHaveLength(0);
    expect(await mongo.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  test('a document nested too deeply to be worked on harms nobody', async () => {
    let filter: Document = { a: 1 };
    for (let i = 0; i < 150; i += 1) filter = { $and: [filter] };
    const c = await mongo.fresh({ a: 1 });
    expect(await serverError(c.findOne(filter))).toMatchObject({ code: 15 });
    expect(await c.countDocuments()).toBe(1);
  });

  test('field names that mean something to JavaScript are only names', async () => {
    const c = await mongo.fresh({ _id: 1 as never, constructor: 1, toString: 2, hasOwnProperty: 3 });
    expect(await c.countDocuments({ constructor: 1, toString: 2 })).toBe(1);
    expect(await c.countDocuments({ valueOf: { $exists: true } })).toBe(0);
    await c.updateOne({}, { $set: { 'valueOf.x': 1 }, $unset: { toString: '' } });
    expect(await c.findOne({}, { projection: { valueOf: 1, toString: 1, _id: 0 } })).toEqual({ valueOf: { x: 1 } });
  });

  test('two hundred connections at once are served', async () => {
    const replies = await Promise.all(Array.from({ length: 200 }, () => exchange(opMsg(0, ping))));
    expect(replies.every((reply) => reply.length > 16)).toBe(true);
  });

  test('a document beyond 16 MB is refused with code 10334', async () => {
    const c = await mongo.fresh({ _id: 1 as never, a: 'x'.repeat(9_000_000) });
    expect(await serverError(c.updateOne({}, { $set: { b: 'x'.repeat(9_000_000) } }))).toMatchObject({ code: 10334 });
    expect(await c.countDocuments({ b: { $exists: true } })).toBe(0);
  });
});
