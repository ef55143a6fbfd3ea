import { canSee, type Visibility } from '../../shared/access/scope.ts';
import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Note } from './contact.ts';

export type NoteJudge = Readonly<{
  viewerId: string;
  /** `cdp_team_permission_enabled`; unknown while teams cannot be asked. */
  teamFlag: boolean | 'unknown';
  /** At `customers_view`. */
  view: Visibility | Refusal;
  /** At the `_manage` or `_delete` level of notes. */
  action: Visibility | Refusal;
}>;

/**
 * Whether someone may change, or delete, a note (SPEC §3.3, CDP/CHG-006). With the flag on the contact is judged by
 * the whole rule at the action's level; with it off one must be the author, as before. An unknown flag needs both.
 */
export const mayChangeNote = (judge: NoteJudge, note: Pick<Note, 'authorId' | 'contact'>): boolean => {
  const byTeams = sees(judge.action, note);
  const byAuthor = note.authorId === judge.viewerId && sees(judge.view, note) && !isRefused(judge.action);
  switch (judge.teamFlag) {
    case true:
      return byTeams;
    case false:
      return byAuthor;
    case 'unknown':
      return byTeams && byAuthor;
    default:
      return judge.teamFlag satisfies never;
  }
};

const sees = (visibility: Visibility | Refusal, { contact }: Pick<Note, 'contact'>): boolean =>
  !isRefused(visibility) && canSee(visibility, contact);
