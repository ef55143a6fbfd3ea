import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { type ApartSystem, startThreeProcesses } from '../support/system.ts';

describe('three processes over HTTP', () => {
  let system: ApartSystem;
  beforeAll(async () => {
    system = await startThreeProcesses();
  }, 60_000);
  afterAll(() => system.close(), 30_000);

  test('HOSTILE 50, HOSTILE 51: a subgraph called directly refuses what the gateway did not sign, _entities included', async () => {
    const body = JSON.stringify({ query: '{ _entities(representations: [{ __typename: "Contact", id: "1" }]) { __typename } }' });
    for (const url of [system.teamsUrl, system.contactsUrl]) {
      for (const headers of [{}, { 'x-oneteam-call': 'e30.AAAA' }, { authorization: `Bearer ${system.token('bayu')}` }]) {
        const answer = await fetch(`${url}/internal/graphql`, { method: 'POST', headers, body });
        const refusal = expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED', status: 401 } }) as unknown;
        expect([answer.status, await answer.json()]).toEqual([401, { errors: [refusal] }]);
      }
    }
  });

  test('each process tells whether it lives and whether it is ready', async () => {
    for (const url of [system.teamsUrl, system.contactsUrl, new URL(system.url).origin]) {
      // contacts first looks whether it has missed deletions of teams, the gateway waits for both
      await until(async () => (await fetch(`${url}/health/ready`)).status === 200);
      const answers = await Promise.all(['/health/live', '/health/ready', '/metrics'].map((path) => fetch(`${url}${path}`)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    }
  });

  describe('while teams hangs', () => {
    const contacts = '{ contacts(first: 100) { nodes { name } notices { code messages { en } } } }';
    type Listed = { contacts: { nodes: { name: string }[]; notices: unknown[] } };

    test('a viewer whose level is known sees only their own with a notice, and nobody else anything', async () => {
      await system.as('zhelia').ask(contacts);
      await pause(1_100);
      system.teams.kill('SIGSTOP');
      try {
        const { data } = await system.as('zhelia').ask<Listed>(contacts);
        expect(data?.contacts).toEqual({
          nodes: [{ name: 'Andi Saputra' }],
          notices: [
            { code: 'SHOWING_OWN_ONLY', messages: { en: 'Showing only your contacts — team filter temporarily unavailable' } },
          ],
        });
        const unknown = await system.as('sinar-olivia').ask(contacts);
        expect(unknown.errors?.map(({ extensions }) => extensions.code)).toEqual(['DEPENDENCY_UNAVAILABLE']);
      } finally {
        system.teams.kill('SIGCONT');
      }
    });

    test('and sees their full scope again when it is back', async () => {
      await pause(1_100);
      const { data } = await system.as('zhelia').ask<Listed>(contacts);
      expect(data?.contacts.nodes.map(({ name }) => name[0]).sort().join(' ')).toBe('A B C G');
      expect(data?.contacts.notices).toEqual([]);
    });
  });
});
