import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoCompanies, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import type { TracingConfig } from '../../subgraphs/shared/tracingConfig.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../support/otlpReceiver.ts';
import { startOneProcess, type TestSystem } from '../support/system.ts';

const [company] = demoCompanies;
const clientTrace = '0af7651916cd43dd8448eb211c80319c';
const personal = { name: 'Sekar Ayu Wulandari', email: 'sekar.wulandari@example.com', phone: '+6281255501234', invited: 'Bagus Wicaksono', invitedEmail: 'bagus.wicaksono@example.com' };

let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
let spans: readonly ReceivedSpan[];
let token: string;
let contactId: string;

const tracing = (endpoint: URL): TracingConfig => ({ endpoint, headers: { 'x-receiver-key': 'secret' }, serviceName: undefined, sampler: 'parentbased_always_on', ratio: 1 });

/** One run of everything that the tests below look at. What was made is sent when the system stops. */
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const system = await startOneProcess({ tracing: tracing(receiver.url) });
  try {
    await run(system);
  } finally {
    await system.close();
  }
  spans = receiver.spans();
}, 60_000);
afterAll(() => receiver.close());

const run = async (system: TestSystem): Promise<void> => {
  token = await system.mint({ sub: demoPersonId('olivia'), company_sso_id: company.id });
  const ask = async (correlationId: string, query: string, variables: object = {}, more: Record<string, string> = {}): Promise<Record<string, never>> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-correlation-id': correlationId, ...more };
    const answer = await fetch(system.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await answer.json()) as Record<string, never>;
  };
  const { name, email, phone, invited, invitedEmail } = personal;
  const create = 'mutation Create($input: CreateContactInput!) { createContact(input: $input) { contactId } }';
  const made = (await ask('create', create, { input: { name, email, phone, ownerId: demoPersonId('zhelia') } })) as unknown as { data: { createContact: { contactId: string } } };
  contactId = made.data.createContact.contactId;
  const page = 'query Page($name: String) { contacts(first: 20, filter: { name: $name }) { nodes { name email phone teamOwners { name path } } } }';
  const listed = (await ask('page', page, { name: 'Sekar' }, { traceparent: `00-${clientTrace}-b7ad6b7169203331-01` })) as unknown as { data: { contacts: { nodes: { name: string; teamOwners: object[] }[] } } };
  expect(listed.data.contacts.nodes[0]?.teamOwners.length).toBeGreaterThan(0);
  await ask('page-again', page, { name: 'Sekar' });
  await ask('literal', `{ contacts(first: 1, filter: { name: "${name}" }) { totalCount } }`);
  const invite = 'mutation Invite($input: InviteUserInput!) { inviteUser(input: $input) { user { id } } }';
  const invitation = await ask('invite', invite, { input: { email: invitedEmail, fullName: invited, phone, roleId: 'AGENT', teamIds: [demoTeamId(company, 'Product')] } });
  expect(invitation).toMatchObject({ data: { inviteUser: { user: {} } } });
  await ask('refused', 'mutation Move { moveTeam(input: { id: "11111111-1111-4111-8111-111111111111", parentId: null }) { team { id } } }');
};

const of = (correlationId: string): readonly ReceivedSpan[] => {
  const root = spans.find(({ service, attributes, parentSpanId }) => service === 'one-team-gateway' && (parentSpanId ?? '') === '' && attributes['correlation.id'] === correlationId);
  if (root === undefined) throw new Error(`no trace of ${correlationId}`);
  return spans.filter(({ traceId }) => traceId === root.traceId);
};

/** From a span up to its root, `service name` each. */
const wayUp = (trace: readonly ReceivedSpan[], from: ReceivedSpan): readonly string[] => {
  const above = trace.find(({ spanId }) => spanId === from.parentSpanId);
  return [`${from.service} ${from.name}`, ...(above === undefined ? [] : wayUp(trace, above))];
};

const one = (trace: readonly ReceivedSpan[], wanted: (span: ReceivedSpan) => boolean): ReceivedSpan => {
  const found = trace.find(wanted);
  if (found === undefined) throw new Error(`not among ${trace.map(({ service, name }) => `${service} ${name}`).join(', ')}`);
  return found;
};

describe('a contact page', () => {
  test('is one trace, from the gateway through contacts to MongoDB', () => {
    const trace = of('page');
    const find = one(trace, ({ name }) => /^mongodb (find|aggregate) contacts$/.test(name));
    expect(wayUp(trace, find).slice(1)).toEqual([
      'one-team-contacts Query.contacts', 'one-team-contacts contacts graphql', 'one-team-gateway call contacts graphql', 'one-team-gateway query Page',
    ]);
  });

  test('and through teams to Postgres, for the owners, and for contacts’ own question about access', () => {
    const trace = of('page');
    const entities = one(trace, (span) => /^postgres (SELECT|WITH)/.test(span.name) && !wayUp(trace, span).includes('one-team-teams teams access'));
    expect(wayUp(trace, entities).slice(1)).toEqual(['one-team-teams teams graphql', 'one-team-gateway call teams graphql', 'one-team-gateway query Page']);
    const access = one(of('create'), (span) => span.name.startsWith('postgres ') && wayUp(of('create'), span).includes('one-team-teams teams access'));
    expect(wayUp(of('create'), access)).toEqual(expect.arrayContaining(['one-team-contacts call teams access', 'one-team-gateway mutation Create']));
  });

  test('says company, viewer and correlation by id, and what was asked by name', () => {
    const root = one(of('page'), ({ name }) => name === 'query Page');
    const ids = { 'correlation.id': 'page', 'company.id': company.id, 'viewer.id': demoPersonId('olivia') };
    expect(root.attributes).toEqual({ ...ids, 'graphql.operation.type': 'query', 'graphql.operation.name': 'Page', code: 'OK' });
    expect(one(of('page'), ({ name }) => name === 'contacts graphql').attributes).toMatchObject({ ...ids, caller: 'gateway' });
  });

  test('is read and planned once: both are spans of the first request alone', () => {
    expect([of('page'), of('page-again')].map((trace) => trace.filter(({ name }) => name === 'read' || name === 'plan').length)).toEqual([2, 0]);
  });

  test('has a trace of its own, linked to the one that the client sent', () => {
    const root = one(of('page'), ({ name }) => name === 'query Page');
    expect([root.traceId === clientTrace, root.links.map(({ traceId }) => traceId)]).toEqual([false, [clientTrace]]);
  });
});

test('a mutation of teams goes down to its statements', () => {
  const trace = of('invite');
  const insert = one(trace, ({ name }) => name === 'postgres INSERT users');
  expect(wayUp(trace, insert)).toEqual(['one-team-teams postgres INSERT users', 'one-team-teams Mutation.inviteUser', 'one-team-teams teams graphql', 'one-team-gateway call teams graphql', 'one-team-gateway mutation Invite']);
});

test('nothing of what people wrote, and no token, is in any span', () => {
  expect(spans.length).toBeGreaterThan(30);
  const text = receiver.texts().join('\n').toLowerCase();
  for (const secret of [...Object.values(personal), 'sekar', 'bagus', '81255501234', token]) expect([secret, text.includes(secret.toLowerCase())]).toEqual([secret, false]);
  expect(text).toContain(contactId === '' ? 'never' : 'one-team-contacts');
});

test('the receiver gets the headers that it wants', () => {
  expect(receiver.headers().every((headers) => headers['x-receiver-key'] === 'secret')).toBe(true);
});
