import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readGatewayConfig } from '../../gateway/config.ts';
import { readContactsConfig } from '../../subgraphs/contacts/config.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { healthHandler } from '../../subgraphs/shared/process.ts';
import { readTeamsConfig } from '../../subgraphs/teams/config.ts';

type Environment = Readonly<Record<string, string>>;

const text = (path: string): string => readFileSync(path, 'utf8');
const named = (pattern: RegExp, source: string): readonly string[] => [...source.matchAll(pattern)].map(([, name = '']) => name);

const parts = {
  gateway: { config: 'gateway/config.ts', main: 'dist/gateway/main.js', port: 4000, read: readGatewayConfig },
  teams: { config: 'subgraphs/teams/config.ts', main: 'dist/subgraphs/teams/main.js', port: 4001, read: readTeamsConfig },
  contacts: { config: 'subgraphs/contacts/config.ts', main: 'dist/subgraphs/contacts/main.js', port: 4002, read: readContactsConfig },
} as const;
const partNames = ['gateway', 'teams', 'contacts'] as const;

/** The variables that a part reads: those of its config.ts, and of what every process is told. */
const variablesOf = (part: keyof typeof parts): readonly string[] => {
  const own = text(parts[part].config);
  const all = own.includes('...processVariables,') ? own + text('subgraphs/shared/environment.ts') : own;
  return [...new Set(named(/^ {2}([A-Z][A-Z0-9_]+): /gm, all))].toSorted();
};

/** What stands for a secret or for what only the operator knows. */
const chosen: Environment = {
  POSTGRES_PASSWORD: 'a-password',
  INTERNAL_SIGNING_KEYS: 'k'.repeat(32),
  CURSOR_SECRETS: 'c'.repeat(32),
  DATABASE_URL: 'postgres://user:password@postgres:5432/one_team',
  MIGRATION_DATABASE_URL: 'postgres://owner:password@postgres:5432/one_team',
  REDIS_URL: 'redis://:password@redis:6379',
  MONGODB_URL: 'mongodb://user:password@mongo:27017/?replicaSet=rs0',
  CHAT_TRIGGER_TOKEN: 'a-token-of-chat',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc',
  CRM_TRIGGER_TOKEN: 'a-token-of-crm',
  SSO_ISSUER: 'https://sso.example.com',
  SSO_JWKS_URL: 'https://sso.example.com/keys',
};

const strings = z.record(z.string(), z.string());
const entryPoint = /^dist\/(.+)\.js$/;
const isBuilt = (argument: string): boolean => {
  const source = `${entryPoint.exec(argument)?.[1] ?? ''}.ts`;
  return existsSync(source) && z.object({ files: z.array(z.string()) }).parse(JSON.parse(text('tsconfig.build.json'))).files.includes(source);
};

describe('environment variables', () => {
  const documented = named(/`([A-Z][A-Z0-9_]+)`/g, text('README.md').split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|')[1] ?? '').join('\n'));

  test('are those of the README table, and no others', () => {
    const read = new Set(partNames.flatMap(variablesOf));
    expect([...new Set(documented)].toSorted()).toEqual([...read].toSorted());
  });

  test('in docs/operations.md are ones that a part, the compose file or the migration Secret knows', () => {
    const known = new Set([...partNames.flatMap(variablesOf), ...named(/\$\{([A-Z0-9_]+)/g, text('docker-compose.yml')), 'MIGRATION_DATABASE_URL']);
    const mentioned = named(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g, text('docs/operations.md'));
    expect(mentioned.filter((name) => !known.has(name) && !/^(TEAM|COMPANY|ONE_TEAM|INVALID)_|_UNAVAILABLE$|_TOO_LARGE$/.test(name))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const service = z.looseObject({
    profiles: z.array(z.string()),
    command: z.array(z.string()).optional(),
    env_file: z.array(z.string()).optional(),
    environment: strings.or(z.looseObject({})).optional(),
    depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
    healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
    ports: z.array(z.string()).optional(),
  });
  const compose = z.object({ services: z.record(z.string(), service) }).loose().parse(parse(text('docker-compose.yml'), { merge: true }));
  const find = (name: string): z.infer<typeof service> => {
    const found = compose.services[name];
    if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
    return found;
  };

  /** What a container gets: its files, with `${NAME:?…}` chosen and `${NAME:-default}` left at its default. */
  const environmentOf = (name: string): Environment =>
    Object.fromEntries(
      (find(name).env_file ?? [])
        .flatMap((file) => text(file).split('\n'))
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
        .map(([key = '', value = '']) => [
          key,
          value.replaceAll(/\$\{(\w+):(?:-([^}]*)|\?[^}]+)\}/g, (_, variable: string, fallback: string | undefined) => fallback ?? chosen[variable] ?? `<${variable}>`),
        ]),
    );

  test.each(partNames)('gives %s each variable that it reads, and none else; HOST and NODE_ENV come with the image', (name) => {
    const environment = environmentOf(name);
    expect([...Object.keys(environment), 'HOST', 'NODE_ENV'].toSorted()).toEqual(variablesOf(name));
    expect(text('Dockerfile')).toContain('ENV NODE_ENV=production HOST=0.0.0.0');
    expect(parts[name].read({ ...environment, NODE_ENV: 'production', HOST: '0.0.0.0' })).toMatchObject({ port: parts[name].port });
    expect(find(name).command).toEqual([parts[name].main]);
    expect(isBuilt(parts[name].main)).toBe(true);
  });

  test('has no default for a secret, and publishes ports on loopback only', () => {
    const all = [text('docker-compose.yml'), ...readdirSync('deploy/compose').map((file) => text(`deploy/compose/${file}`))].join('\n');
    for (const secret of ['POSTGRES_PASSWORD', 'INTERNAL_SIGNING_KEYS']) {
      const uses = all.match(new RegExp(`\\$\\{${secret}[^}]*\\}`, 'g')) ?? [];
      expect(uses.length).toBeGreaterThan(0);
      expect(uses.filter((use) => !use.includes(':?'))).toEqual([]);
    }
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('waits for what a part needs, and each service that is waited for has a health check or ends by itself', () => {
    for (const { depends_on: needs = {}, profiles } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect(find(name).profiles).toEqual(expect.arrayContaining(profiles));
        if (condition === 'service_healthy') expect(find(name).healthcheck).toBeDefined();
      }
    }
    expect(Object.keys(find('teams').depends_on ?? {})).toEqual(['migrate', 'kafka']);
    expect(find('migrate').command?.every(isBuilt)).toBe(true);
    expect(Object.keys(compose.services).filter((name) => find(name).profiles.includes('servers')).toSorted()).toEqual(['kafka', 'mongo', 'mongo-replica-set', 'postgres']);
  });
});

describe('deploy/kubernetes', () => {
  const resource = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
  const resources = readdirSync('deploy/kubernetes').flatMap((file) =>
    file === 'kustomization.yaml' ? [] : parseAllDocuments(text(`deploy/kubernetes/${file}`)).map((document) => ({ file, document: resource.parse(document.toJS()) })),
  );
  const find = (kind: string, name: string): unknown => {
    const found = resources.find(({ document }) => document.kind === kind && document.metadata.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
    return found.document;
  };

  const source = z.object({ name: z.string(), key: z.string(), optional: z.boolean().optional() });
  const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) }).loose();
  const quantities = z.object({ cpu: z.string().regex(/^\d+m?$/), memory: z.string().regex(/^\d+Mi$/) });
  const container = z.looseObject({
    image: z.string().regex(/:\d/),
    args: z.array(z.string()),
    ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
    env: z.array(
      z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.object({ secretKeyRef: source.optional(), configMapKeyRef: source.optional() }).optional() }),
    ),
    resources: z.object({ requests: quantities, limits: quantities }),
    securityContext: z.object({ allowPrivilegeEscalation: z.literal(false), readOnlyRootFilesystem: z.literal(true), capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }) }),
  });
  const podTemplate = z.object({
    metadata: z.looseObject({ labels: strings }),
    spec: z.looseObject({ containers: z.tuple([container]), securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }) }),
  });
  const deployment = z.object({ spec: z.looseObject({ replicas: z.number().min(2), selector: z.object({ matchLabels: strings }), template: podTemplate }) }).loose();
  const configMap = z.object({ data: strings }).loose().parse(find('ConfigMap', 'one-team')).data;

  /** What a container gets; `optional` secrets are there. */
  const environmentOf = ({ env }: z.infer<typeof container>): Environment =>
    Object.fromEntries(
      env.map(({ name, value, valueFrom }) => {
        const { secretKeyRef: secret, configMapKeyRef: entry } = valueFrom ?? {};
        const given = secret === undefined ? (entry === undefined ? value : configMap[entry.key]) : chosen[secret.key];
        if (given === undefined) throw new Error(`${name} has no value`);
        return [name, given];
      }),
    );

  test('uses the resources of today, in one namespace, and carries no secret', () => {
    expect([...new Set(resources.map(({ document: { apiVersion, kind } }) => `${apiVersion} ${kind}`))].toSorted()).toEqual([
      'apps/v1 Deployment',
      'autoscaling/v2 HorizontalPodAutoscaler',
      'batch/v1 Job',
      'networking.k8s.io/v1 Ingress',
      'policy/v1 PodDisruptionBudget',
      'v1 ConfigMap',
      'v1 Service',
    ]);
    const listed = z.object({ resources: z.array(z.string()) }).loose().parse(parse(text('deploy/kubernetes/kustomization.yaml'))).resources;
    expect([...listed, 'migrate.yaml'].toSorted()).toEqual([...new Set(resources.map(({ file }) => file))].toSorted());
    expect(Object.keys(configMap).filter((name) => /KEY|SECRET|PASSWORD|TOKEN|^DATABASE_URL|^MONGODB_URL|^REDIS_URL/.test(name))).toEqual([]);
  });

  test.each(partNames)('gives %s each variable that it reads, and it starts with them', (name) => {
    const pod = deployment.parse(find('Deployment', name)).spec.template.spec.containers[0];
    const environment = environmentOf(pod);
    expect(Object.keys(environment).toSorted()).toEqual(variablesOf(name));
    expect(parts[name].read(environment)).toMatchObject({ port: parts[name].port, host: '0.0.0.0' });
    expect(pod.args).toEqual([parts[name].main]);
  });

  test.each(partNames)('selects, serves, scales and guards the pods of %s', (name) => {
    const { selector, template, replicas } = deployment.parse(find('Deployment', name)).spec;
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const service = z.object({ spec: z.object({ selector: strings, ports: z.array(z.object({ port: z.number(), targetPort: z.string(), name: z.string() })) }) }).loose().parse(find('Service', name));
    expect(service.spec.selector).toEqual(selector.matchLabels);
    expect(service.spec.ports).toEqual([{ name: 'http', port: parts[name].port, targetPort: 'http' }]);
    expect(template.spec.containers[0].ports).toEqual([{ name: 'http', containerPort: parts[name].port }]);
    expect(find('HorizontalPodAutoscaler', name)).toMatchObject({ spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: replicas } });
    expect(find('PodDisruptionBudget', name)).toMatchObject({ spec: { selector, maxUnavailable: 1 } });
  });

  test.each(partNames)('asks %s for its health where it answers, and gives it time to end', async (name) => {
    const { spec } = deployment.parse(find('Deployment', name)).spec.template;
    const { startupProbe, livenessProbe, readinessProbe } = z.object({ startupProbe: probe, livenessProbe: probe, readinessProbe: probe }).parse(spec.containers[0]);
    const health = healthHandler(() => Promise.resolve(['Postgres']), createMetrics('test', createLogger({ name: 'test', level: 'silent' })));
    const ask = async ({ httpGet: { path, port } }: z.infer<typeof probe>) => [port, (await health({ method: 'GET', path, search: '', headers: {}, isGone: () => false, body: '' }))?.status];
    expect(await Promise.all([startupProbe, livenessProbe, readinessProbe].map(ask))).toEqual([['http', 200], ['http', 200], ['http', 503]]);
    // 5 s of preStop, and the 30 s after which a part ends by itself
    expect(z.object({ terminationGracePeriodSeconds: z.number() }).parse(spec).terminationGracePeriodSeconds).toBeGreaterThanOrEqual(35);
  });

  test('migrates with the image of the parts, and lets only /graphql and the two addresses of team management in', () => {
    const job = z.object({ spec: z.looseObject({ template: podTemplate }) }).loose().parse(find('Job', 'migrate')).spec.template.spec.containers[0];
    expect(job.args.every(isBuilt)).toBe(true);
    expect(environmentOf(job)).toEqual({ DATABASE_URL: chosen['MIGRATION_DATABASE_URL'] });
    const images = partNames.map((name) => deployment.parse(find('Deployment', name)).spec.template.spec.containers[0].image);
    expect(new Set([...images, job.image]).size).toBe(1);
    const open = ['/graphql', '/qontakcrm/team', '/launchpad/team'].map((path) => ({ path, pathType: 'Exact', backend: { service: { name: 'gateway', port: { name: 'http' } } } }));
    expect(find('Ingress', 'gateway')).toMatchObject({ spec: { rules: [{ http: { paths: open } }] } });
  });
});
