import { describe, expect, test } from '@jest/globals';
import { shownTree } from '../../../subgraphs/teams/domain/hierarchy.ts';
import { effectiveFlags, effectiveLevels } from '../../../subgraphs/teams/domain/levels.ts';

const team = (id: string, parentId: string | null, migrated = false) => ({ id, parentId, migrated });
const shown = ({ migrated }: { migrated: boolean }): boolean => !migrated;
const drawn = (nodes: ReturnType<typeof shownTree>): string[] => nodes.map(({ team: { id }, parentId, depth }) => `${'  '.repeat(depth)}${id} < ${parentId ?? '-'}`);

describe('the tree as it is shown', () => {
  test('puts every team after its parent, siblings in the order given', () => {
    expect(drawn(shownTree([team('b', 'r'), team('a', 'r'), team('r', null), team('c', 'a')], () => true))).toEqual(['r < -', '  b < r', '  a < r', '    c < a']);
  });

  test('a team below teams that are not shown stands under its nearest shown ancestor, or as a root', () => {
    const teams = [team('r', null), team('m', 'r', true), team('n', 'm', true), team('below', 'n'), team('top', null, true), team('root', 'top')];
    expect(drawn(shownTree(teams, shown))).toEqual(['r < -', '  below < r', 'root < -']);
  });
});

describe('levels and flags', () => {
  test("a person's level wins over their role's, that over the default", () => {
    const levels = effectiveLevels('AGENT', { customers_customers_view: 'team', teams_manage: 'everything' }, { customers_customers_view: 'disabled' });
    expect(levels).toMatchObject({ customers_customers_view: 'disabled', teams_manage: 'everything', customers_customers_manage: 'own', customers_customernotes_add: 'everything' });
  });

  test("a company's value wins over the global default, that over off; events go out unless withheld", () => {
    expect(effectiveFlags({ unified_app: false }, { unified_app: true, one_team_migration_enabled: true })).toEqual({
      unified_app: false, one_team_migration_enabled: true, cdp_team_permission_enabled: false, publish_team_events: true,
    });
  });
});
