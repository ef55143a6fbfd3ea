import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = 'deploy/observability';
const read = (path: string): unknown => parse(readFileSync(path, 'utf8'), { merge: true });

const alert = z.object({ alert: z.string(), expr: z.string(), for: z.string().optional(), labels: z.object({ severity: z.enum(['info', 'warning', 'critical']) }), annotations: z.object({ summary: z.string(), do: z.string() }) });
const rules = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(z.union([alert, z.object({ record: z.string(), expr: z.string() })])) })) }).parse(read(`${folder}/alerts.yml`));
const alerts = rules.groups.flatMap((group) => group.rules.flatMap((rule) => ('alert' in rule ? [rule] : [])));
const ruleTests = ['alerts.test.yml', 'alerts.days.test.yml'];

describe('the alerts', () => {
  test('of the specification are there', () => {
    const names = alerts.map((each) => each.alert);
    expect(names).toEqual(expect.arrayContaining([
      'MigrationRunFailures', 'GeneralTeamFailed', 'InvitationsWithoutTeamSpike', 'TeamPermissionFallback', 'TeamPermissionFallbackSustained', 'PermissionErrors', 'CoverageBelowGate', 'CoverageBelow95', 'DenialsAboveBase',
    ]));
    expect(new Set(names).size).toBe(names.length);
  });

  test('have each a test that it fires, and one that it is silent', () => {
    const tested = ruleTests.flatMap((file) => z.object({ tests: z.array(z.object({ name: z.string() })) }).parse(read(`${folder}/${file}`)).tests.map(({ name }) => name));
    expect(tested.toSorted()).toEqual(alerts.flatMap((each) => [`${each.alert} fires`, `${each.alert} is silent`]).toSorted());
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  (hasPromtool ? test : test.skip)('fire above their thresholds and are silent below them, by promtool', () => {
    const checked = spawnSync('promtool', ['check', 'rules', 'alerts.yml'], { cwd: folder, encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
    const ran = spawnSync('promtool', ['test', 'rules', ...ruleTests], { cwd: folder, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
  }, 120_000);
});

describe('the profile observability', () => {
  const service = z.looseObject({ profiles: z.array(z.string()), image: z.string().optional(), volumes: z.array(z.string()).default([]) });
  const compose = z.object({ services: z.record(z.string(), service) }).loose().parse(read('docker-compose.yml'));
  const watching = Object.entries(compose.services).filter(([, { profiles }]) => profiles.includes('observability'));

  test('pins its images and mounts what is in the repository', () => {
    expect(watching.map(([name]) => name).toSorted()).toEqual(['grafana', 'jaeger', 'prometheus']);
    for (const [name, { image, volumes }] of watching) {
      expect([name, image]).toEqual([name, expect.stringMatching(/:v?\d+\.\d+\.\d+$/)]);
      const mounted = volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('./'));
      expect(mounted.filter((path) => !existsSync(path))).toEqual([]);
    }
  });

  test('scrapes each part where it listens', () => {
    const scraped = z.object({ scrape_configs: z.array(z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) })) }).loose().parse(read(`${folder}/prometheus.yml`));
    expect(scraped.scrape_configs.flatMap((each) => each.static_configs.flatMap(({ targets }) => targets))).toEqual(['gateway:4000', 'teams:4001', 'contacts:4002']);
  });

  test('gives the dashboard the sources that it names', () => {
    const sources = z.object({ datasources: z.array(z.object({ uid: z.string() })) }).loose().parse(read(`${folder}/grafana/provisioning/datasources/sources.yml`));
    const text = readFileSync(`${folder}/grafana/dashboards/one-team.json`, 'utf8');
    const named = new Set([...text.matchAll(/"type": "prometheus",\s*"uid": "(\w+)"/g)].map(([, uid]) => uid));
    expect([...named].filter((uid) => sources.datasources.every((each) => each.uid !== uid))).toEqual([]);
    expect(named.size).toBe(1);
  });
});
