import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { compileFilter } from '../../embedded/mongo/query/filter.ts';
import { type ContactDocument, toContact } from '../../subgraphs/contacts/store/documents.ts';
import { scopeFilter } from '../../subgraphs/contacts/store/scopeFilter.ts';
import { type Level, levels } from '../../subgraphs/shared/access/permissions.ts';
import { canSee, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import { scopeTokensOf } from '../../subgraphs/shared/access/scopeTokens.ts';
import { contactDocument } from './contactsHarness.ts';
import { referenceCanSee } from './referenceCanSee.ts';

/** All that the product's rule consists of; a mutant of it has another function in place of one of them. */
export type ScopeRule = Readonly<{ visibilityOf: typeof visibilityOf; canSee: typeof canSee; scopeFilter: typeof scopeFilter; scopeTokensOf: typeof scopeTokensOf }>;

export const productRule: ScopeRule = { visibilityOf, canSee, scopeFilter, scopeTokensOf };

const companies = ['c1', 'c2'] as const;
const people = ['p1', 'p2'] as const;
const teams = ['t1', 't2', 't3', 't4'] as const;
/** t1 above t2 above t3; t4 apart. */
const parents = new Map<string, string | null>([['t1', null], ['t2', 't1'], ['t3', 't2'], ['t4', null]]);

/** Without the team itself. */
export const ancestorsOf = (team: string): readonly string[] => {
  const parent = parents.get(team) ?? null;
  return parent === null ? [] : [...ancestorsOf(parent), parent];
};
/** With the team itself. */
export const below = (team: string): readonly string[] => teams.filter((each) => each === team || ancestorsOf(each).includes(team));

/** So that all parts of the rule have something to say together, and each is wrong now and then. */
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>) => fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: other });
const [yes, no] = [fc.constant(true), fc.constant(false)];

const documents = fc.record({
  company: mostly(fc.constant(companies[0]), fc.constantFrom(...companies)),
  is_deleted: mostly(no, yes),
  owner_id: mostly(fc.constantFrom(people[1], null), fc.constantFrom(...people)),
  assignee_id: mostly(fc.constantFrom(people[1], null), fc.constantFrom(...people)),
  team_owner_ids: mostly<string[] | null | undefined>(fc.subarray([...teams, 'gone'], { maxLength: 2 }), fc.constantFrom([], null, undefined)),
  team_owners_pending: mostly<boolean | null | undefined>(no, fc.constantFrom(true, null, undefined)),
});
const viewers = fc.record({
  companyId: mostly(fc.constant(companies[0]), fc.constantFrom(...companies)),
  viewerId: mostly(fc.constant(people[0]), fc.constantFrom(...people)),
  level: fc.oneof(fc.constant<Level>('team'), fc.constantFrom(...levels)),
  teamFlag: mostly(yes, no),
  teamIds: fc.subarray([...teams], { maxLength: 2 }),
});

/** Whether a viewer sees a contact, as the reference has it and as each form of the rule does. */
export type Verdicts = Readonly<{ reference: boolean; check: boolean; teamOwners: boolean; tokens: boolean }>;

/** A property of generated contacts and viewers: what `holds` says of the verdicts of a rule. */
export const verdictsOf = (rule: ScopeRule, holds: (verdicts: Verdicts) => boolean): fc.IProperty<unknown[]> =>
  fc.property(documents, viewers, ({ company, ...shape }, viewer) => {
    const given = Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
    const { team_owner_ids: _teams, team_owners_pending: _pending, ...bare } = contactDocument(company);
    const document: ContactDocument = { ...bare, ...given, _id: new ObjectId() };
    const visibility = rule.visibilityOf({ ...viewer, expandedTeamIds: viewer.teamIds.flatMap(below), treeVersion: 1 });
    const reference = referenceCanSee(
      { id: viewer.viewerId, companyId: viewer.companyId, teams: viewer.teamIds, level: viewer.level },
      { companyId: company, deleted: shape.is_deleted, owner: shape.owner_id, assignee: shape.assignee_id, teamOwners: shape.team_owner_ids ?? null, pending: shape.team_owners_pending ?? false },
      { teamPermissionEnabled: viewer.teamFlag, parents },
    );
    const tokened: ContactDocument = { ...document, scope_tokens: rule.scopeTokensOf(toContact(document), ancestorsOf) };
    return holds({
      reference,
      check: rule.canSee(visibility, toContact(document)),
      teamOwners: compileFilter(rule.scopeFilter(visibility, 'team owners')).test(document),
      tokens: compileFilter(rule.scopeFilter(visibility, 'tokens')).test(tokened),
    });
  });
