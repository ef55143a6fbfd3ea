import { type Level, offeredLevels, type PermissionAction, type Role } from '../../shared/access/permissions.ts';
import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { mayAdminister } from '../domain/invitation.ts';
import { type LevelHolder, writeLevel } from '../store/levelWrites.ts';
import { accessChanged } from './accessChanged.ts';
import { findPerson } from './changePerson.ts';
import type { CommandDeps } from './commandDeps.ts';
import { inCompany } from './inCompany.ts';

/** A level for a role or for one person; null goes back to the default, of a person to their role's. */
export type LevelSetting = Readonly<{ action: PermissionAction; level: Level | null; role: Role | null; userId: string | null }>;

/** Sets a level that the action offers (TEAM-S01). A person who is not of the company is NOT_FOUND. */
export const setPermissionLevel = (deps: CommandDeps, viewer: Viewer, setting: LevelSetting): Promise<true | Refusal> =>
  inCompany(deps, viewer, mayAdminister, async (change): Promise<true | Refusal> => {
    const { action, level } = setting;
    const refusal = levelRefusal(setting);
    if (refusal !== null) return refusal;
    const holder = holderOf(setting);
    if (isRefused(holder)) return holder;
    const person = 'userId' in holder ? await findPerson(change, holder.userId) : null;
    if (isRefused(person)) return person;
    const before = await writeLevel(change.tx, { kind: 'company', companyId: change.companyId }, holder, action, level);
    if (before === level) return true;
    await change.tell(
      [accessChanged(change, person === null ? null : { userId: person.id, isActive: person.isActive })],
      [{ kind: 'LEVEL', subjectId: 'role' in holder ? holder.role : holder.userId, before: { action, level: before }, after: { action, level } }],
    );
    return true;
  });

const levelRefusal = ({ action, level }: LevelSetting): Refusal | null => {
  const offered: readonly Level[] = offeredLevels[action];
  if (level === null || offered.includes(level)) return null;
  const name = action.toUpperCase();
  return badInput('input.level', `input.level is ${level.toUpperCase()}, which ${name} does not offer; it must be one of ${offered.join(', ').toUpperCase()}, or null.`);
};

const holderOf = ({ role, userId }: LevelSetting): LevelHolder | Refusal => {
  if (role !== null && userId === null) return { role };
  if (userId !== null && role === null) return { userId };
  return badInput('input.role', `Exactly one of input.role and input.userId must be given, not ${role === null ? 'neither' : 'both'}.`);
};
