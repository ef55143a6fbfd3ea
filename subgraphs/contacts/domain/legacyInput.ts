import { badInput, isRefused, Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid, textFault } from '../../shared/text.ts';
import { parseLegacyIds } from './legacyTeams.ts';

/** Most rows, and most names, of one call. */
export const maxLoaded = 10_000;
const maxKey = 255;
const maxList = 10_000;
const maxLegacyId = 64;
const maxName = 255;

/** What a caller sends to be moved later. */
export type LegacyInput = Readonly<{
  companySsoId: string;
  rows?: readonly Readonly<{ contactKey: string; crmTeamHierarchyId?: string | null }>[] | null;
  teams?: readonly Readonly<{ legacyTeamId: string; name: string }>[] | null;
}>;

/** A contact, by its id or `externalKey`, and its legacy teams as they came; null for none. */
export type LegacyRow = Readonly<{ contactKey: string; crmTeamHierarchyId: string | null }>;
export type LegacyName = Readonly<{ legacyTeamId: string; name: string }>;
export type LegacyData = Readonly<{ companyId: string; rows: readonly LegacyRow[]; names: readonly LegacyName[] }>;

/**
 * Checks all that is to be loaded, before anything is: BATCH_TOO_LARGE, or BAD_USER_INPUT that names the place of the first value at
 * fault. Of rows or names with the same key the last counts.
 */
export const checkLegacyInput = ({ companySsoId, rows, teams }: LegacyInput): LegacyData | Refusal => {
  if (!isUuid(companySsoId)) return badInput('input.companySsoId', `input.companySsoId is ${excerpt(companySsoId)}; it must be a lower-case UUID.`);
  const tooMany = tooLarge('input.rows', rows) ?? tooLarge('input.teams', teams);
  if (tooMany !== undefined) return tooMany;
  const checkedRows = all(rows ?? [], checkRow);
  if (isRefused(checkedRows)) return checkedRows;
  const checkedNames = all(teams ?? [], checkName);
  if (isRefused(checkedNames)) return checkedNames;
  return {
    companyId: companySsoId,
    rows: lastOfEach(checkedRows, ({ contactKey }) => contactKey),
    names: lastOfEach(checkedNames, ({ legacyTeamId }) => legacyTeamId),
  };
};

const tooLarge = (field: string, given: readonly unknown[] | null | undefined): Refusal | undefined =>
  (given?.length ?? 0) <= maxLoaded
    ? undefined
    : new Refusal('BATCH_TOO_LARGE', `${field} has ${String(given?.length)} items; at most ${String(maxLoaded)} may be sent at once.`, { field });

const all = <Given, Checked>(given: readonly Given[], check: (one: Given, index: number) => Checked | Refusal): readonly Checked[] | Refusal => {
  const checked: Checked[] = [];
  for (const [index, one] of given.entries()) {
    const result = check(one, index);
    if (isRefused(result)) return result;
    checked.push(result);
  }
  return checked;
};

const checkRow = ({ contactKey, crmTeamHierarchyId = null }: NonNullable<LegacyInput['rows']>[number], index: number): LegacyRow | Refusal => {
  const place = `input.rows[${String(index)}]`;
  const fault = checkText(contactKey, `${place}.contactKey`, maxKey) ?? checkList(crmTeamHierarchyId ?? '', `${place}.crmTeamHierarchyId`);
  if (fault !== undefined) return fault;
  return { contactKey, crmTeamHierarchyId: parseLegacyIds(crmTeamHierarchyId).length === 0 ? null : crmTeamHierarchyId };
};

const checkName = ({ legacyTeamId, name }: NonNullable<LegacyInput['teams']>[number], index: number): LegacyName | Refusal => {
  const place = `input.teams[${String(index)}]`;
  const id = legacyTeamId.trim();
  const comma = id.includes(',') ? badInput(`${place}.legacyTeamId`, `${place}.legacyTeamId is ${excerpt(id)}; it must be one id, without a comma.`) : undefined;
  return checkText(id, `${place}.legacyTeamId`, maxLegacyId) ?? comma ?? checkText(name, `${place}.name`, maxName) ?? { legacyTeamId: id, name };
};

const checkText = (value: string, field: string, maxLength: number): Refusal | undefined => {
  const fault = textFault(value, maxLength);
  if (fault === undefined) return undefined;
  return badInput(field, `${field} is ${excerpt(value)}, which ${says(fault)}; it must have 1 to ${String(maxLength)} visible characters.`);
};

/** A list may be blank; each id in it is short. */
const checkList = (value: string, field: string): Refusal | undefined => {
  const fault = textFault(value, maxList);
  if (fault !== undefined && fault !== 'blank') {
    return badInput(field, `${field} is ${excerpt(value)}, which ${says(fault)}; it must be a list such as 3,7 of at most ${String(maxList)} characters.`);
  }
  const long = parseLegacyIds(value).find((id) => textFault(id, maxLegacyId) !== undefined);
  return long === undefined ? undefined : badInput(field, `${field} has ${excerpt(long)}; each id must have at most ${String(maxLegacyId)} characters.`);
};

const says = (fault: string): string => (fault.startsWith('has') ? fault : `is ${fault}`);

const lastOfEach = <T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] => [...new Map(items.map((item) => [keyOf(item), item])).values()];
