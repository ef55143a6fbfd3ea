import { badInput, type Refusal } from '../../shared/errors.ts';
import { excerpt, textFault } from '../../shared/text.ts';

/** The longest name of a team, in characters. */
export const maxNameLength = 255;

/** Most people that one call may name; the same one twice counts once. */
export const maxPeople = 100;

/** A name that can be kept and read, or BAD_USER_INPUT on `input.name`. */
export const checkName = (name: string): string | Refusal => {
  const fault = textFault(name, maxNameLength);
  if (fault === undefined) return name;
  const is = fault.startsWith('has') ? fault : `is ${fault}`;
  return badInput('input.name', `input.name is ${excerpt(name)}, which ${is}; it must have 1–${maxNameLength} characters.`);
};

/** Each person once, sorted, or BAD_USER_INPUT on `field` unless they are 1–100. */
export const checkPeople = (field: string, ids: readonly string[]): readonly string[] | Refusal => {
  const people = [...new Set(ids)].sort();
  if (people.length >= 1 && people.length <= maxPeople) return people;
  return badInput(field, `${field} names ${people.length} people; it must name 1–${maxPeople} people of the company.`);
};

/** One answer for whoever is unknown, of another company, or no id at all: nothing tells which. */
export const noPerson = (field: string, id: string, wanted: 'an active person' | 'a person'): Refusal =>
  badInput(field, `${field} has ${excerpt(id)}, who is not ${wanted} of this company.`);

/** The same for a team that an argument points to. */
export const noTeam = (field: string, id: string): Refusal => badInput(field, `${field} is ${excerpt(id)}, which is no team of this company.`);
