import { Refusal } from '../../shared/errors.ts';
import { maxLevels } from './hierarchy.ts';

/** The team that another is to stand below, with the ids of all above it. */
export type Above = Readonly<{ id: string; ancestors: readonly string[] }>;

/** A team that moves with all below it; `levels` is 1 for one without children. */
export type Moved = Readonly<{ id: string; levels: number }>;

/**
 * Why a team cannot stand below another (null: as a root), or null: it would be its own ancestor, or the lowest of what
 * moves with it would pass the 32nd level (SPEC §2.1). `moved` null: a new team.
 */
export const placeRefusal = (above: Above | null, moved: Moved | null): Refusal | null => {
  if (above === null) return null;
  const line = [...above.ancestors, above.id];
  if (moved !== null && line.includes(moved.id)) {
    return refused(`Team ${moved.id} cannot stand below ${above.id}, which is ${moved.id === above.id ? 'the team itself' : 'below it'}; it must be a team outside its own branch.`, [moved.id, above.id]);
  }
  const lowest = line.length + (moved?.levels ?? 1);
  return lowest <= maxLevels
    ? null
    : refused(`Below ${above.id} the tree would reach level ${lowest}; it has at most ${maxLevels}.`, moved === null ? [above.id] : [moved.id, above.id]);
};

const refused = (message: string, ids: readonly string[]): Refusal => new Refusal('UNPROCESSABLE', message, { field: 'input.parentId', ids });
