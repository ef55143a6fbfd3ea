import { excerpt, isUuid, textFault } from '../../shared/text.ts';

/** The longest name and app id, in characters. */
export const maxTextLength = 255;

/** The products that push, as events and rows write them. */
export type SquadApp = 'chat' | 'crm';
export const sourceOf = { chat: 'Chat', crm: 'CRM' } as const satisfies Record<SquadApp, string>;
export type MigratedSource = (typeof sourceOf)[SquadApp];

/** Why an item FAILED, or was SKIPPED though no team is there (SPEC §2.2). */
export const migrationReasons = [
  'COMPANY_UNKNOWN',
  'FLAG_OFF',
  'INVALID_NAME',
  'INVALID_APP_IDENTIFIER',
  'PARENT_UNKNOWN',
  'PARENT_CYCLE',
  'DEPTH_EXCEEDED',
  'INTERNAL',
  'DELETED',
] as const;
export type MigrationReason = (typeof migrationReasons)[number];

/** What is wrong with an item; the message names the value, the place and what is allowed. */
export type ItemFault = Readonly<{ reason: MigrationReason; message: string }>;

/** An item as it was pushed. */
export type PushedItem = Readonly<{
  companySsoId: string | null;
  name: string | null;
  appIdentifierId: string | null;
  parentAppIdentifierId: string | null;
}>;

/** An item as it is kept, with what is wrong with its fields: the texts that Postgres can hold, cut to their limit. */
export type KeptItem = Readonly<{
  index: number;
  companyRef: string | null;
  name: string | null;
  appIdentifierId: string | null;
  /** Null: no parent. */
  parentAppIdentifierId: string | null;
  /** Judged on the texts as they were pushed, which are not kept. */
  fault: ItemFault | null;
}>;

/** Checks one pushed item by itself and makes it fit to be kept (OTM-S05). */
export const keptItem = (item: PushedItem, index: number): KeptItem => ({
  index,
  companyRef: storable(item.companySsoId),
  name: storable(item.name),
  appIdentifierId: storable(item.appIdentifierId),
  parentAppIdentifierId: textFault(item.parentAppIdentifierId, Infinity) === 'blank' ? null : storable(item.parentAppIdentifierId),
  fault: fieldFault(item, index),
});

/** A text that Postgres can keep: NUL and lone surrogates replaced, cut to 255 characters. */
export const storable = (text: string | null): string | null => {
  if (text === null) return null;
  const cut = text.length <= maxTextLength ? text : Array.from(text.slice(0, 2 * maxTextLength)).slice(0, maxTextLength).join('');
  return cut.replace(/[\p{Cs}\u0000]/gu, '\uFFFD');
};

const fieldFault = (item: PushedItem, index: number): ItemFault | null => {
  const { companySsoId, name, appIdentifierId, parentAppIdentifierId: parent } = item;
  if (companySsoId === null || !isUuid(companySsoId)) {
    return {
      reason: 'COMPANY_UNKNOWN',
      message: `items[${index}].companySsoId is ${shown(companySsoId)}; it must be a lower-case UUID.`,
    };
  }
  const ofId = textFault(appIdentifierId, maxTextLength);
  if (ofId !== undefined) return textMessage('INVALID_APP_IDENTIFIER', index, 'appIdentifierId', appIdentifierId, ofId);
  const ofName = textFault(name, maxTextLength);
  if (ofName !== undefined) return textMessage('INVALID_NAME', index, 'name', name, ofName);
  const ofParent = textFault(parent, maxTextLength);
  if (ofParent === undefined || ofParent === 'missing' || ofParent === 'blank') return null;
  return textMessage('INVALID_APP_IDENTIFIER', index, 'parentAppIdentifierId', parent, ofParent);
};

const textMessage = (reason: MigrationReason, index: number, field: string, value: string | null, fault: string): ItemFault => ({
  reason,
  message: `items[${index}].${field} ${fault === 'missing' ? 'is missing' : `is ${shown(value)}, which ${fault.startsWith('has') ? fault : `is ${fault}`}`}; it must be a text of 1–${maxTextLength} characters.`,
});

/** A value in a message. */
export const shown = (value: string | null): string => (value === null ? 'missing' : excerpt(value));

/**
 * Whether a failure of an item can be kept open under its company and app id: items that name no usable company or id open none (SPEC §2.2),
 * whatever they failed for. The item's own fault tells which field is faulty; an unusable name or parent id leaves the item's own id good.
 */
export const canStayOpen = ({ fault }: KeptItem, reason: MigrationReason): boolean =>
  reason !== 'COMPANY_UNKNOWN' && !isOf(fault, 'companySsoId') && !isOf(fault, 'appIdentifierId');

/** Every message of a field begins with the item's place and the field; what comes behind is what somebody sent. */
const isOf = (fault: ItemFault | null, field: keyof PushedItem): boolean => fault !== null && /^items\[\d+\]\.(\w+) /.exec(fault.message)?.[1] === field;
