import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { demoCompanies, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import type { TracingConfig } from '../../subgraphs/shared/tracingConfig.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../support/otlpReceiver.ts';
import { firstAnswer } from '../support/subscribing.ts';
import { startOneProcess } from '../support/system.ts';
import { until } from '../support/until.ts';

const [company] = demoCompanies;
const clientTrace = '0af7651916cd43dd8448eb211c80319c';
const personal = { name: 'Sekar Ayu Wulandari', email: 'sekar.wulandari@example.com', phone: '+6281255501234', invited: 'Bagus Wicaksono', invitedEmail: 'bagus.wicaksono@example.com' };

let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
let spans: readonly ReceivedSpan[];
let token: string;
let contactId: string;
let metrics: Record<'gateway' | 'teams' | 'contacts', string>;
const lines: string[] = [];

type Seen = Awaited<ReturnType<typeof startOneProcess>>;

const tracing = (endpoint: URL): TracingConfig => ({ endpoint, headers: { 'x-receiver-key': 'secret' }, serviceName: undefined, sampler: 'parentbased_always_on', ratio: 1 });

/** One run of everything that the tests below look at. What was made is sent when the system stops. */
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const system = await startOneProcess({ tracing: tracing(receiver.url), logLevel: 'trace', logTo: { write: (line) => void lines.push(line) } });
  try {
    await run(system);
    // a loaded machine may not read its databases in time at first, and then says nothing of them
    await until(async () => {
      const [gateway, teams, contacts] = [await system.metrics('gateway'), await system.metrics('teams'), await system.metrics('contacts')];
      metrics = { gateway, teams, contacts };
      return ['one_team_dead_letters{', 'one_team_coverage_ratio{'].every((start) => teams.includes(start)) && contacts.includes('one_team_due_work{');
    }, 90_000);
  } finally {
    await system.close();
  }
  spans = receiver.spans();
}, 240_000);
afterAll(() => receiver.close());

const run = async (system: Seen): Promise<void> => {
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
  const sockets = system.url.replace('http', 'ws');
  await firstAnswer(sockets, token, { query: 'subscription Follow { migrationJobProgress(id: "11111111-1111-4111-8111-111111111111") { job { status } } }' });
  const first = firstAnswer(sockets, token, { query: 'subscription Live { teamMigrated { teamName team { path } } }' });
  await until(async () => (await system.metrics('gateway')).includes('kind="subscription",operation="Live",code="OK"'));
  const chat = await system.mint({ sub: 'chat', scope: 'teams:migrate:chat' });
  const item = { companySsoId: company.id, appIdentifierId: '9001', name: 'Seen' };
  await ask('push', 'mutation Push($item: MigrateTeamItem!) { migrateTeam(input: { app: CHAT, item: $item }) { outcome } }', { item }, { authorization: `Bearer ${chat}` });
  const batch = 'mutation Batch($item: MigrateTeamItem!) { migrateTeams(input: { app: CHAT, items: [$item] }) { job { id } } }';
  const pushed = (await ask('batch', batch, { item: { ...item, appIdentifierId: '9002' } }, { authorization: `Bearer ${chat}` })) as unknown as { data: { migrateTeams: { job: { id: string } } } };
  const { id } = pushed.data.migrateTeams.job;
  await until(async () => {
    const job = (await ask('job', 'query Job($id: ID!) { migrationJob(id: $id) { status } }', { id }, { authorization: `Bearer ${chat}` })) as unknown as { data: { migrationJob: { status: string } } };
    return job.data.migrationJob.status === 'COMPLETED';
  });
  expect(await first).toMatchObject({ data: { teamMigrated: { teamName: 'Chat - Seen', team: { path: ['Chat - Seen'] } } } });
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

describe('a subscription', () => {
  const rootOf = (name: string): ReceivedSpan => one(spans, (span) => span.name === name && (span.parentSpanId ?? '') === '');

  test('is a trace when it is asked for, which says by whom, and how it went', () => {
    const ids = { 'company.id': company.id, 'viewer.id': demoPersonId('olivia') };
    expect(rootOf('subscription Live').attributes).toMatchObject({ ...ids, 'graphql.operation.name': 'Live', code: 'OK' });
    expect(rootOf('subscription Follow').attributes).toMatchObject({ ...ids, 'graphql.operation.name': 'Follow', code: 'FORBIDDEN' });
  });

  test('and a trace of each event that it is answered with, down to the database', () => {
    const event = rootOf('event');
    const trace = spans.filter(({ traceId }) => traceId === event.traceId);
    const statement = one(trace, ({ name }) => name.startsWith('postgres '));
    expect(wayUp(trace, statement).slice(1)).toEqual(['one-team-teams teams graphql', 'one-team-gateway call teams graphql', 'one-team-gateway event']);
  });
});

test('background work of teams and contacts is traced, each piece by itself, down to the database', () => {
  const below = (name: string): readonly string[] => {
    const root = one(spans, (span) => span.name === name);
    return spans.filter(({ traceId }) => traceId === root.traceId).map((span) => `${span.service} ${span.name}`);
  };
  expect(below('job migrate-teams')).toContain('one-team-teams postgres INSERT teams');
  expect(below('job writing tokens')).toContainEqual(expect.stringMatching(/^one-team-contacts mongodb /));
});

test('nothing of what people wrote, and no token, is in any span', () => {
  expect(spans.length).toBeGreaterThan(30);
  const text = receiver.texts().join('\n').toLowerCase();
  for (const secret of [...Object.values(personal), 'sekar', 'bagus', '81255501234', token]) expect([secret, text.includes(secret.toLowerCase())]).toEqual([secret, false]);
  expect(text).toContain(contactId === '' ? 'never' : 'one-team-contacts');
});

describe('log lines', () => {
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  test('of a request carry correlation, company and viewer by id, in each part, and its trace', () => {
    const ids = { correlationId: 'invite', companyId: company.id, viewerId: demoPersonId('olivia') };
    const [invited] = parsed().filter(({ event, correlationId }) => event === 'user_invited_with_team' && correlationId === 'invite');
    expect(invited).toMatchObject({ name: 'teams', ...ids, traceId: of('invite')[0]?.traceId });
    const [set] = parsed().filter(({ event, correlationId }) => event === 'cdp_team_owner_set' && correlationId === 'create');
    expect(set).toMatchObject({ name: 'contacts', ...ids, correlationId: 'create', traceId: of('create')[0]?.traceId });
  });

  test('of background work carry none', () => {
    expect(parsed().filter(({ correlationId, companyId }) => correlationId === undefined && companyId !== undefined)).toEqual([]);
  });

  test('never carry what people wrote, or a token', () => {
    expect(lines.length).toBeGreaterThan(2);
    const text = lines.join('').toLowerCase();
    for (const secret of [...Object.values(personal), 'sekar', 'bagus', '81255501234', token]) expect([secret, text.includes(secret.toLowerCase())]).toEqual([secret, false]);
  });
});

describe('metrics', () => {
  const named = (text: string): readonly string[] => [...text.matchAll(/^# TYPE (one_team_\w+) /gm)].map(([, name = '']) => name);
  const labelsOf = (name: string): readonly string[] => {
    const samples = Object.values(metrics).flatMap((text) => [...text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, 'gm'))]);
    const labels = samples.flatMap(([, given = '']) => [...given.matchAll(/(\w+)="/g)].map(([, label = '']) => label));
    return [...new Set(labels)].filter((label) => label !== 'process' && label !== 'le').toSorted();
  };
  const value = (part: keyof typeof metrics, start: string): number | undefined => {
    const line = metrics[part].split('\n').find((each) => each.startsWith(start));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
  };

  test('are those of the table in docs/operations.md, with its labels', () => {
    const rows = readFileSync('docs/operations.md', 'utf8').split('\n').flatMap((line) => {
      const [, name, labels = ''] = /^\| `(one_team_\w+)`(?: \(\w+\))? \| ([^|]*)\|/.exec(line) ?? [];
      return name === undefined ? [] : [[name, [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).toSorted()] as const];
    });
    // the issuer is in this process, so that no keys are fetched
    const printed = [...new Set([...Object.values(metrics).flatMap(named), 'one_team_sso_keys_age_seconds'])].toSorted();
    expect(rows.map(([name]) => name).toSorted()).toEqual(printed);
    // a label is seen once the metric has a value; what has none in this run is not held against the table
    for (const [name, labels] of rows) if (labelsOf(name).length > 0) expect([name, labelsOf(name)]).toEqual([name, labels]);
  });

  test('that alerts and dashboard use are printed by a part, or are Prometheus’ own', () => {
    const folder = 'deploy/observability';
    const rules = JSON.stringify(parse(readFileSync(`${folder}/alerts.yml`, 'utf8')));
    const dashboards = readdirSync(`${folder}/grafana/dashboards`).map((file) => readFileSync(`${folder}/grafana/dashboards/${file}`, 'utf8'));
    const used = new Set([rules, ...dashboards].flatMap((text) => text.match(/\b(?:one_team|nodejs|process)_[a-z0-9]+(?:_[a-z0-9]+)+\b/g) ?? []));
    const printed = new Set(Object.values(metrics).flatMap((text) => [...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', type]) => (type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]))));
    expect(used.size).toBeGreaterThan(20);
    expect([...used].filter((name) => !printed.has(name))).toEqual([]);
    const events = new Set([...metrics.teams.matchAll(/event="(\w+)"/g), ...metrics.contacts.matchAll(/event="(\w+)"/g)].map(([, event]) => event));
    const asked = [rules, ...dashboards].flatMap((text) => [...text.matchAll(/event=\\"([a-z_]+)\\"/g)].map(([, event]) => event));
    expect(asked.filter((event) => !events.has(event))).toEqual([]);
  });

  test('count operations by kind, name and code, and their plans', () => {
    expect(value('gateway', 'one_team_operations_total{kind="query",operation="Page",code="OK"')).toBe(2);
    expect(value('gateway', 'one_team_operations_total{kind="mutation",operation="Move",code="BAD_USER_INPUT"') ?? value('gateway', 'one_team_operations_total{kind="mutation",operation="Move",code="NOT_FOUND"')).toBe(1);
    expect(value('gateway', 'one_team_operation_duration_seconds_count{process="gateway",kind="query",operation="Page"') ?? value('gateway', 'one_team_operation_duration_seconds_count{kind="query",operation="Page"')).toBe(2);
    expect(value('gateway', 'one_team_operations_total{kind="subscription",operation="Live",code="OK"')).toBe(1);
    expect(value('gateway', 'one_team_operations_total{kind="subscription",operation="Follow",code="FORBIDDEN"')).toBe(1);
    expect([value('gateway', 'one_team_plan_lookups_total{result="hit"'), value('gateway', 'one_team_plans_kept')]).toEqual([expect.any(Number), 9]);
  });

  test('count calls that are served, and requests by how far they see', () => {
    expect(value('contacts', 'one_team_served_calls_total{operation="graphql",code="OK"')).toBeGreaterThanOrEqual(4);
    expect(value('contacts', 'one_team_scoped_requests_total{scope="everything"')).toBeGreaterThanOrEqual(3);
    expect(value('contacts', 'one_team_scoped_requests_total{scope="fallback"')).toBe(0);
  });

  test('say how the databases stand', () => {
    expect(value('teams', 'one_team_dead_letters{kind="general_team"')).toBe(0);
    expect(value('teams', 'one_team_queue_jobs{queue="migrate-teams",state="active"')).toBe(0);
    expect(value('teams', 'one_team_outbox_oldest_seconds{stage="unplaced"')).toBeGreaterThanOrEqual(0);
    expect(value('teams', 'one_team_coverage_companies{flag="on",coverage="below"')).toBeDefined();
    expect(value('contacts', 'one_team_due_work{work="owner_teams"')).toBe(0);
    for (const part of ['teams', 'contacts'] as const) expect(value(part, 'one_team_readings_failed_total{reading="backlog"')).toBeDefined();
  });

  test('of domain events are there from the start, so that the first one is an increase', () => {
    expect(value('teams', 'one_team_domain_events_total{event="general_team_create_failed",detail=""')).toBe(0);
    expect(value('contacts', 'one_team_domain_events_total{event="cdp_team_permission_denied",detail="mobile"')).toBe(0);
    expect(value('teams', 'one_team_domain_events_total{event="user_invited_with_team",detail="Launchpad"')).toBe(1);
  });
});

test('the receiver gets the headers that it wants', () => {
  expect(receiver.headers().every((headers) => headers['x-receiver-key'] === 'secret')).toBe(true);
});
