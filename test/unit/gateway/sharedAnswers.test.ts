import { beforeEach, describe, expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { rootFieldsOf } from '../../../gateway/rootFields.ts';
import { selectionKey } from '../../../gateway/selectionKey.ts';
import { type Answer, createSharedAnswers, sharedMs, type SharedAnswers } from '../../../gateway/sharedAnswers.ts';
import type { AskedSubscription, Deliver } from '../../../gateway/subscriptionPlan.ts';
import { accessKeptMs } from '../../../subgraphs/contacts/access.ts';
import { requestIds } from '../../../subgraphs/shared/requestIds.ts';
import type { Person } from '../../../subgraphs/shared/viewer.ts';

const person = (userId: string): Person => ({ kind: 'person', userId, companyId: 'c', platform: 'web' });
let delivered: unknown[] = [];
let at = 0;
let planned = 0;
let asksSubgraphs = true;
let deliver: Deliver = () => Promise.resolve({ data: {} });
let shared: SharedAnswers;

const asked = { operation: { costed: { costOf: () => 10_300 } }, schema: {}, variables: {} } as unknown as AskedSubscription;
let leaving = new AbortController();
const join = (selection: string, who = 'a', visibility = who) => {
  const joined = shared.join({ ...asked, selection, viewer: person(who), visibility });
  const of = async (key: string, event: () => object): Promise<Answer> => {
    const answer = await joined.of(key, event, leaving.signal);
    if (answer === 'over') throw new Error('the wait was ended');
    return answer;
  };
  return { ...joined, of };
};
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** How often each was counted, and how long the next are kept waiting. */
let counted: string[] = [];
let turn: () => Promise<'now' | 'over'> = () => Promise.resolve('now');
let room = true;
const happened = (key: string) => [key, () => ({ key })] as const;

beforeEach(() => {
  [delivered, at, planned, asksSubgraphs, counted, room] = [[], 1_000_000, 0, true, [], true];
  leaving = new AbortController();
  turn = () => Promise.resolve('now');
  deliver = (event, { viewer }) => {
    delivered.push(event);
    return Promise.resolve({ data: { event, who: viewer.kind === 'person' ? viewer.userId : '' } });
  };
  shared = createSharedAnswers({
    plan: () => {
      planned += 1;
      return { deliver: (event, scope) => deliver(event, scope), asksSubgraphs: () => asksSubgraphs };
    },
    present: (result) => result,
    now: () => at,
    pace: {
      turn: (viewer, requests) => {
        counted.push(`${viewer.kind === 'person' ? viewer.userId : ''} ${String(requests)}`);
        return turn();
      },
      hasRoom: (viewer, requests) => {
        if (room) counted.push(`${viewer.kind === 'person' ? viewer.userId : ''} ${String(requests)}`);
        return Promise.resolve(room);
      },
    },
    delivering: (viewer, answer) => answer(requestIds('id', viewer)),
    deadlineMs: 100,
  });
});

describe('who shares an answer', () => {
  test('those with the same selection and visibility: one resolution for 50 subscribers, the very same text', async () => {
    const members = Array.from({ length: 50 }, () => join('s'));
    const answers = await Promise.all(members.map((each) => each.of(...happened('1'))));
    expect(new Set(answers).size).toBe(1);
    expect([delivered.length, planned, shared.selections()]).toEqual([1, 1, 1]);
  });

  test('not those who may see something else, as soon as a subgraph is asked', async () => {
    const [mine, other] = await Promise.all([join('s', 'a').of(...happened('1')), join('s', 'b').of(...happened('1'))]);
    expect([mine, other].map(({ payload }) => (JSON.parse(payload) as { data: { who: string } }).data.who)).toEqual(['a', 'b']);
    expect(delivered).toHaveLength(2);
  });

  test('everybody, when nothing but the event is asked for', async () => {
    asksSubgraphs = false;
    await Promise.all([join('s', 'a').of(...happened('1')), join('s', 'b').of(...happened('1'))]);
    expect(delivered).toHaveLength(1);
  });

  test('not those with another selection, and not another event', async () => {
    const one = join('s');
    await Promise.all([one.of(...happened('1')), one.of(...happened('2')), join('t').of(...happened('1'))]);
    expect([delivered.length, planned, shared.selections()]).toEqual([3, 2, 2]);
  });

  test('for at most 250 ms, so that with an access of contacts no right is shown longer than 1 s (SPEC §2.5): then the event is resolved anew', async () => {
    const one = join('s');
    await one.of(...happened('1'));
    at += sharedMs - 1;
    await one.of(...happened('1'));
    expect(delivered).toHaveLength(1);
    at += 1;
    await one.of(...happened('1'));
    expect(delivered).toHaveLength(2);
    at -= 60_000;
    await one.of(...happened('1'));
    expect(delivered).toHaveLength(3);
    expect(sharedMs + accessKeptMs).toBeLessThanOrEqual(1_000);
  });

  test('for 1 s, when nothing but the event is asked for: that is no one’s right', async () => {
    asksSubgraphs = false;
    const one = join('s');
    await one.of(...happened('1'));
    at += 999;
    await one.of(...happened('1'));
    expect(delivered).toHaveLength(1);
    at += 1;
    await one.of(...happened('1'));
    expect(delivered).toHaveLength(2);
  });
});

describe('while a subgraph takes its time', () => {
  let answers: (() => void)[] = [];
  const settled = async (): Promise<void> => {
    await soon();
    for (const answer of answers.splice(0)) answer();
    await soon();
  };
  beforeEach(() => {
    answers = [];
    deliver = (event) => {
      delivered.push(event);
      return new Promise((resolve) => answers.push(() => resolve({ data: {} })));
    };
  });

  test('an answer asked for ahead is not asked for again, however often it is told of and however long it takes', async () => {
    const one = join('s');
    for (let n = 0; n < 8; n += 1) {
      one.ahead(...happened('9'));
      at += 1_500;
    }
    const taken = one.of(...happened('9'));
    await settled();
    await taken;
    expect(delivered).toHaveLength(1);
  });

  test('one that is old when it is taken is asked for once more: twice for each event, at most', async () => {
    const one = join('s');
    one.ahead(...happened('9'));
    await settled();
    at += sharedMs;
    one.ahead(...happened('9'));
    one.ahead(...happened('10'));
    await soon();
    const taken = one.of(...happened('9'));
    await settled();
    await taken;
    expect(delivered).toEqual([{ key: '9' }, { key: '10' }, { key: '9' }]);
  });

  test('who comes later shares an answer on its way only while it is at most 250 ms old', async () => {
    const [first, second, third] = [join('s'), join('s'), join('s')];
    const taken = [first.of(...happened('1'))];
    await soon();
    at += sharedMs - 1;
    taken.push(second.of(...happened('1')));
    await soon();
    expect(delivered).toHaveLength(1);
    at += 1;
    taken.push(third.of(...happened('1')));
    await soon();
    expect(delivered).toHaveLength(2);
    await settled();
    await Promise.all(taken);
  });
});

describe('what is asked of subgraphs counts as requests of the viewer', () => {
  test('by its cost, once for each resolution, whoever shares it; what asks none counts nothing', async () => {
    const members = Array.from({ length: 50 }, () => join('s'));
    await Promise.all(members.map((each) => each.of(...happened('1'))));
    expect(counted).toEqual(['a 5']);
    asksSubgraphs = false;
    await Promise.all(members.map((each) => each.of(...happened('2'))));
    expect(counted).toEqual(['a 5']);
  });

  test('who has used them up waits, and holds up nobody who sees the same', async () => {
    let go: () => void = () => undefined;
    turn = () => new Promise((resolve) => (go = () => resolve('now')));
    const answers = [join('s', 'a', 'all'), join('s', 'a', 'all')].map((each) => each.of(...happened('1')));
    await soon();
    expect([counted, delivered]).toEqual([['a 5'], []]);
    turn = () => Promise.resolve('now');
    await join('s', 'b', 'all').of(...happened('1'));
    expect(delivered).toHaveLength(1);
    go();
    await Promise.all(answers);
    // the answer that another paid for is theirs too
    expect(delivered).toHaveLength(1);
  });

  test('who leaves while it waits gets none, and the others of the same viewer go on', async () => {
    let go: (how: 'now' | 'over') => void = () => undefined;
    turn = () => new Promise((resolve) => (go = resolve));
    const [gone, stays] = [new AbortController(), join('s')];
    const joined = shared.join({ ...asked, selection: 's', viewer: person('a'), visibility: 'a' });
    const left = joined.of(...happened('1'), gone.signal);
    const answer = stays.of(...happened('1'));
    await soon();
    turn = () => Promise.resolve('now');
    gone.abort();
    go('over');
    expect(await left).toBe('over');
    expect((await answer).isFault).toBe(false);
  });

  test('nothing is asked ahead while there is no room', async () => {
    room = false;
    const one = join('s');
    one.ahead(...happened('1'));
    await soon();
    expect(delivered).toEqual([]);
    await one.of(...happened('1'));
    expect([delivered.length, counted]).toEqual([1, ['a 5']]);
  });
});

test('a field that moves into a subgraph while it is subscribed to is shared no longer with those who may see something else', async () => {
  asksSubgraphs = false;
  const members = [join('s', 'a'), join('s', 'b')];
  await Promise.all(members.map((each) => each.of(...happened('1'))));
  asksSubgraphs = true;
  await Promise.all(members.map((each) => each.of(...happened('2'))));
  expect(delivered).toHaveLength(3);
});

test('what cannot be resolved is one fault for all, and is tried anew for the next event', async () => {
  deliver = () => Promise.reject(new Error('broken'));
  const members = [join('s'), join('s')];
  const answers = await Promise.all(members.map((each) => each.of(...happened('1'))));
  expect(answers.map(({ isFault }) => isFault)).toEqual([true, true]);
  deliver = () => Promise.resolve({ data: {} });
  expect((await join('s').of(...happened('2'))).isFault).toBe(false);
});

test('a plan is dropped with its last subscriber, and made again for the next', () => {
  const members = [join('s'), join('s')];
  members[0]?.left();
  expect(shared.selections()).toBe(1);
  members[1]?.left();
  expect(shared.selections()).toBe(0);
  join('s');
  expect(planned).toBe(2);
});

test('no more than 8 MiB of answers are kept: an old event is resolved again', async () => {
  deliver = (event) => {
    delivered.push(event);
    return Promise.resolve({ data: { text: 'x'.repeat(1_000_000) } });
  };
  const one = join('s');
  const answers: Answer[] = [];
  for (let n = 0; n < 12; n += 1) answers.push(await one.of(...happened(String(n))));
  expect(await one.of(...happened('11'))).toBe(answers[11]);
  expect(await one.of(...happened('0'))).not.toBe(answers[0]);
});

describe('the same selection', () => {
  const keyOf = (query: string, variables: Record<string, unknown> = {}, operationName?: string): string => {
    const document = parse(query);
    const node = getOperationAST(document, operationName);
    const root = node && rootFieldsOf(document, node)[0];
    if (!node || !root) throw new Error('no operation');
    return selectionKey({ operation: { document, node }, variables }, root);
  };
  const query = 'subscription ($after: ID, $n: Int) { teamMigrated(after: $after) { eventId team { contacts(first: $n) { nodes { id } } } } }';

  test('is one whatever the spaces, and whichever events are wanted', () => {
    expect(keyOf(query, { after: '1', n: 3 })).toBe(keyOf(query.replaceAll(' ', '\n '), { after: '2', n: 3 }));
    const literal = (after: string) => keyOf(`subscription { teamMigrated(after: "${after}", app: CHAT) { eventId } }`);
    expect(literal('1')).toBe(literal('2'));
  });

  test('is another with other fields, other variables in its fields, or another operation of the document', () => {
    expect(keyOf(query, { n: 3 })).not.toBe(keyOf(query, { n: 4 }));
    expect(keyOf('subscription { teamMigrated { eventId } }')).not.toBe(keyOf('subscription { teamMigrated { teamId } }'));
    const two = 'subscription A { teamMigrated { eventId } } subscription B { teamMigrated { teamId } }';
    expect(keyOf(two, {}, 'A')).not.toBe(keyOf(two, {}, 'B'));
  });

  test('is another under another condition, also one on the root field', () => {
    const conditional = 'subscription ($with: Boolean!) { teamMigrated { eventId teamName @include(if: $with) } }';
    expect(keyOf(conditional, { with: true })).not.toBe(keyOf(conditional, { with: false }));
    const onFragment = 'subscription ($with: Boolean!) { teamMigrated { eventId ...F @skip(if: $with) } } fragment F on TeamMigratedEvent { teamName }';
    expect(keyOf(onFragment, { with: true })).not.toBe(keyOf(onFragment, { with: false }));
  });
});
