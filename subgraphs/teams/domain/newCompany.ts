import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import { givenEmail, givenText } from './given.ts';

/** What a company has bought. */
export const plans = ['starter', 'growth', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

/** A company to be, with its first OWNER. */
export type NewCompany = Readonly<{ id: string; name: string; plan: Plan; owner: Readonly<{ id: string; email: string; fullName: string }> }>;

/** What it is made from, as it came. */
export type GivenCompany = Readonly<{ id: string; name: string; plan: string; ownerId: string; ownerEmail: string; ownerFullName: string }>;

/** Where each part of it stands in what came: in the mutation's input, or in an event's payload. */
export type CompanyFields = Readonly<Record<keyof GivenCompany, string>>;

/** Checks what a company is made from (OTM-S02); BAD_USER_INPUT names the first part that is wrong. */
export const newCompany = (given: GivenCompany, fields: CompanyFields): NewCompany | Refusal => {
  const plan = plans.find((known) => known === given.plan);
  const name = givenText(fields.name, given.name);
  const fullName = givenText(fields.ownerFullName, given.ownerFullName);
  const email = givenEmail(fields.ownerEmail, given.ownerEmail);
  if (!isUuid(given.id)) return noUuid(fields.id, given.id);
  if (isRefused(name)) return name;
  if (plan === undefined) return badInput(fields.plan, `${fields.plan} is ${excerpt(given.plan)}; it must be one of ${plans.join(', ')}.`);
  if (!isUuid(given.ownerId)) return noUuid(fields.ownerId, given.ownerId);
  if (isRefused(email)) return email;
  if (isRefused(fullName)) return fullName;
  return { id: given.id, name, plan, owner: { id: given.ownerId, email, fullName } };
};

const noUuid = (field: string, value: string): Refusal => badInput(field, `${field} is ${excerpt(value)}; it must be a lower-case UUID.`);
