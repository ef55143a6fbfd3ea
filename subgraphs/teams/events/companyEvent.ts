import { z } from 'zod';
import { badInput, type Refusal } from '../../shared/errors.ts';
import { type CompanyFields, newCompany, type NewCompany } from '../domain/newCompany.ts';

const envelope = z.looseObject({ event_type: z.string() });
const created = z.looseObject({
  event_id: z.string().min(1),
  version: z.literal('1'),
  payload: z.looseObject({
    company_sso_id: z.string(),
    name: z.string(),
    plan: z.string(),
    owner_sso_id: z.string(),
    owner_email: z.string(),
    owner_full_name: z.string(),
  }),
});

const fields: CompanyFields = {
  id: 'payload.company_sso_id',
  name: 'payload.name',
  plan: 'payload.plan',
  ownerId: 'payload.owner_sso_id',
  ownerEmail: 'payload.owner_email',
  ownerFullName: 'payload.owner_full_name',
};

/** The company that a message of `company.events.v1` tells of; null for event types that are not for us. BAD_USER_INPUT names what is wrong with it. */
export const companyCreatedIn = (text: string): NewCompany | null | Refusal => {
  const value = jsonOf(text);
  const any = envelope.safeParse(value);
  if (!any.success) return wrong(any.error);
  if (any.data.event_type !== 'COMPANY_CREATED') return null;
  const event = created.safeParse(value);
  if (!event.success) return wrong(event.error);
  const { company_sso_id: id, name, plan, owner_sso_id: ownerId, owner_email: ownerEmail, owner_full_name: ownerFullName } = event.data.payload;
  return newCompany({ id, name, plan, ownerId, ownerEmail, ownerFullName }, fields);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const wrong = ({ issues: [issue] }: z.ZodError): Refusal => {
  const place = issue?.path.join('.') ?? '';
  return badInput(place === '' ? 'the message' : place, `${place === '' ? 'the message' : place} is not as the envelope of events has it: ${issue?.message ?? ''}`);
};
