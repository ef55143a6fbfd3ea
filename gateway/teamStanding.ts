import { migrationEnabled } from '../subgraphs/shared/access/permissions.ts';
import { Refusal } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';

/** What decides where somebody finds team management: whether they manage teams, and whether both flags of their company are on. */
export type Standing = Readonly<{ managesTeams: boolean; isEnabled: boolean }>;

type AskStanding = Readonly<{ teams: Peer; now: () => number; logger: Logger }>;

const answerMs = 2_000;

type Asked = Readonly<{
  data?: Readonly<{ me?: Readonly<{ permissions: readonly Readonly<{ action: string; level: string }>[]; flags: readonly Readonly<{ flag: string; value: boolean }>[] }> | null }> | null;
  errors?: readonly Readonly<{ message: string; extensions?: Readonly<{ code?: string }> }>[];
}>;

const query = 'query TeamPages { me { permissions { action level } flags { flag value } } }';

/** A person's, as teams says now; a service manages no teams. Teams has 2 s: nobody is led anywhere on a guess. */
export const askStanding = async ({ teams, now, logger }: AskStanding, viewer: Viewer, correlationId: string): Promise<Standing | Refusal> => {
  if (viewer.kind !== 'person') return { managesTeams: false, isEnabled: false };
  try {
    const reply = await teams.call({ operation: 'graphql', body: { query }, viewer, deadline: now() + answerMs, correlationId });
    const { data, errors = [] } = reply.body as Asked;
    const [error] = errors;
    if (error?.extensions?.code === 'UNAUTHENTICATED') return new Refusal('UNAUTHENTICATED', error.message);
    if (!data?.me) throw new Error(error?.message ?? `status ${String(reply.status)}`);
    const { permissions, flags } = data.me;
    const isOn = (flag: string): boolean => flags.some((state) => state.flag === flag && state.value);
    return {
      managesTeams: permissions.some(({ action, level }) => action === 'TEAMS_MANAGE' && level === 'EVERYTHING'),
      isEnabled: migrationEnabled({ unified_app: isOn('UNIFIED_APP'), one_team_migration_enabled: isOn('ONE_TEAM_MIGRATION_ENABLED') }),
    };
  } catch (error) {
    logger.warn({ err: error, correlationId }, 'where somebody finds team management cannot be told: teams does not answer');
    return new Refusal('DEPENDENCY_UNAVAILABLE', couldNotLoad.en, { messages: couldNotLoad });
  }
};

const couldNotLoad = { en: 'Could not load teams. Try again.', id: 'Tidak dapat memuat tim. Coba lagi.' };
