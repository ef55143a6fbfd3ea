import { expect, test } from '@jest/globals';
import type { LookedAt } from '../support/hostile/answer.ts';
import type { Given } from '../support/hostile/given.ts';
import { keepsEverything } from '../support/hostile/keepsEverything.ts';
import type { Planted } from '../support/hostile/planted.ts';
import { askAt, goodValue, missingSites, nameOf, type Slot, sites, slotsOf, withValue } from '../support/hostile/sites.ts';

const named = slotsOf('ID').map((slot) => [nameOf(slot), slot] as const);

/** Services without a company, which may name any: an unknown id is recorded, or makes something new. */
const takenAsGiven: readonly string[] = [
  'Mutation.migrateTeams(input.completes.0) as chat',
  'Mutation.triggerTeamMigration(input.companySsoIds.0) as engineer',
  'Mutation.createCompany(input.companySsoId) as founder',
  'Mutation.createCompany(input.ownerSsoId) as founder',
];
/** For these no company, run or move of ours is a foreign one, whichever it is. */
const seesAll: readonly string[] = [
  'Query.flags(companySsoId) as engineer',
  'Query.migrationRun(id) as engineer',
  'Query.legacyMove(id) as mover',
  'Query.teamOwnerCoverage(companySsoId) as mover',
  'Mutation.updateCompany(input.companySsoId) as founder',
  'Mutation.setFlag(input.companySsoId) as engineer',
  'Mutation.createContact(input.companySsoId) as sync',
  'Mutation.loadLegacyTeams(input.companySsoId) as mover',
  'Mutation.startLegacyMove(input.companySsoId) as mover',
];
/** Takes away what is not there: nothing. */
const noMatter = /removeTeamOwnerIds/;

const judged = named.filter(([name]) => !takenAsGiven.includes(name));

/** What a place is for. */
const kindsOf = ({ site: { field }, path }: Slot): readonly (keyof Planted['foreign'])[] => {
  const place = path.filter((step) => step !== '0').at(-1) ?? '';
  const subject = place === 'id' ? field : place;
  if (/company/i.test(subject)) return ['company'];
  if (/run/i.test(subject)) return ['run'];
  if (/job/i.test(subject)) return ['job'];
  if (/note/i.test(subject)) return ['note'];
  if (/contact/i.test(subject) && !/reassign/.test(subject)) return ['contact'];
  if (/team|parent|reassign/i.test(subject) && !/members$/i.test(place)) return ['team', 'pushed'];
  if (/after/.test(subject)) return ['event'];
  return ['person'];
};

/** No ids, for each the same as an unknown one, or BAD_USER_INPUT that names the place. */
const malformed: readonly unknown[] = [7, 'a\u0000\uD800', 'a'.repeat(100_000)];

/** Ids of others, unknown ones, and what is none, in every place for an id of the whole schema. */
export const ids = (given: Given): void => {
  const unknown = new Map<Slot, LookedAt>();
  const send = (slot: Slot, value: unknown): Promise<LookedAt> => askAt(given().world, given().at, slot.site, withValue(slot, given().at, value));
  const isObjectId = (slot: Slot): boolean => ['contact', 'note'].includes(kindsOf(slot)[0] ?? '');
  const nobodys = (slot: Slot): string => given().at.unknown[isObjectId(slot) ? 'objectId' : 'uuid'];
  const unknownAt = async (slot: Slot): Promise<LookedAt> => {
    const answer = unknown.get(slot) ?? (await send(slot, nobodys(slot)));
    unknown.set(slot, answer);
    return answer;
  };

  /** An answer with the id that was sent as `<sent>`, and all that are nobody's secret as `<id>`: those of another company or squad stay. */
  const shown = ({ status, text }: LookedAt, sent: string): string => {
    const secret = Object.values(given().at.foreign);
    return `${String(status)} ${text}`.replaceAll(sent, '<sent>').replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{24}\b/g, (id) => (secret.includes(id) ? id : '<id>'));
  };

  test('every field of the schema with arguments is asked for, at more than 60 places for ids', () => {
    expect(missingSites()).toEqual([]);
    expect(named.length).toBeGreaterThan(60);
    for (const name of [...takenAsGiven, ...seesAll]) expect(named.map(([known]) => known)).toContain(name);
  });

  test('what every query is asked with is good as it is', async () => {
    const { world, at } = given();
    for (const site of sites.filter(({ field }) => !field.startsWith('Mutation.'))) expect([site.field, (await askAt(world, at, site, site.good(at))).codes]).toEqual([site.field, []]);
  });

  keepsEverything(given);

  test.each(judged)('HOSTILE 45: %s answers an id of another company or squad as one that is nobody’s', async (name, slot) => {
    const wanted = await unknownAt(slot);
    const isNothing = wanted.codes.length > 0 || wanted.text.includes('"nodes":[]');
    expect([wanted.text, isNothing || noMatter.test(name)]).toEqual([wanted.text, true]);
    if (seesAll.includes(name)) return;
    for (const kind of kindsOf(slot)) {
      const id = given().at.foreign[kind];
      expect([kind, shown(await send(slot, id), id)]).toEqual([kind, shown(wanted, nobodys(slot))]);
    }
  });

  test.each(judged)('HOSTILE 26, HOSTILE 27, HOSTILE 58: %s takes neither what is no id, nor a number, nor an id of ours in another case', async (name, slot) => {
    const good = goodValue(slot, given().at);
    const { team, person } = given().at.own;
    const inUpperCase = (typeof good === 'string' ? good : /team|parent/i.test(name) ? team : person).toUpperCase();
    const fields = [slot.path.join('.'), slot.path.filter((step) => step !== '0').join('.')];
    const [code] = (await unknownAt(slot)).codes;
    for (const value of [...malformed, ...(inUpperCase === good ? [] : [inUpperCase])]) {
      const answer = await send(slot, value);
      const isSame = code !== undefined && answer.codes[0] === code;
      const isNamed = answer.codes[0] === 'BAD_USER_INPUT' && fields.includes(String(answer.errors[0]?.extensions['field']));
      expect([value, answer.text, isSame || isNamed || noMatter.test(name)]).toEqual([value, answer.text, true]);
    }
  });

  test.each(named)('HOSTILE 28: %s takes no operator in place of an id', async (_name, slot) => {
    const answer = await send(slot, { $ne: null });
    expect([answer.status, answer.codes[0]]).toEqual([400, 'BAD_USER_INPUT']);
  });
};
