import { defaultLevel, type Levels, permissionActions, type Role } from '../../subgraphs/shared/access/permissions.ts';
import type { SigningKeys } from '../../subgraphs/shared/calls.ts';
import { connectInProcess, createEndpoint, type Handler, type Peer } from '../../subgraphs/shared/peer.ts';
import type { AuditRecord, FeedEntry, NamedTeam, TeamsApi } from '../../subgraphs/shared/teamsApi.ts';
import type { Access } from '../../subgraphs/shared/viewer.ts';
import { until } from './until.ts';

export type DoublePerson = { role: Role; teams: readonly string[]; levels?: Partial<Levels>; active?: boolean };

export type DoubleCompany = {
  teamFlag: boolean;
  /** Team → its parent, or null. */
  parents: ReadonlyMap<string, string | null>;
  people: Map<string, DoublePerson>;
  /** What teams are called and where they came from; others are native and called by their id. */
  named?: ReadonlyMap<string, Omit<NamedTeam, 'id'>>;
  /** Default 0, as every company begins. */
  treeVersion?: number;
  /** Deleted team → what took its place on contacts, or null. */
  replaced?: Map<string, string | null>;
};

type Coverage = TeamsApi['coverage']['request']['reports'][number];

/** How the double behaves: `slow` answers after so many milliseconds, `hanging` never, `down` at once with a fault, `flapping` every second time like another. */
export type Mood = Readonly<{ kind: 'well' | 'hanging' | 'down' } | { kind: 'slow'; ms: number } | { kind: 'flapping'; as: Mood }>;

export type TeamsDouble = {
  companies: Map<string, DoubleCompany>;
  mood: Mood;
  /** Operations that fail at once, whatever the mood. */
  failing: ReadonlySet<string>;
  /** Operations that were asked, in order. */
  asked: string[];
  /** Coverage that was reported, in order. */
  coverage: Coverage[];
  /** The double as contacts' peer: calls are signed and verified as in life. */
  peer: Peer;
  /** Audit entries by id, each time they came. */
  audited: Map<string, AuditRecord[]>;
  /** Which audit entries are stored and acknowledged. */
  takesEntry: (entry: AuditRecord) => boolean;
  /** Keeps the next question of an operation on its way until it is released; those after it pass. */
  holdNext(operation: string): Held;
  /** Puts an event onto the feed. */
  emit(companyId: string, type: string, payload?: Readonly<Record<string, unknown>>, aggregateId?: string): void;
  /** The same, and resolves when all before it has been taken in. */
  tell(companyId: string, type: string, payload?: Readonly<Record<string, unknown>>): Promise<void>;
  /** What positions of the feed belong to. Another one loses them, as a database that was made anew does. */
  log: string;
  close(): void;
};

/** A question that is kept on its way. */
export type Held = Readonly<{ /** Whether it has come. */ isAsked: () => boolean; release: () => void }>;

export type TeamsDoubleOptions = Readonly<{ keys: SigningKeys; now?: () => number }>;

/** Teams, from a description in memory. */
export const createTeamsDouble = ({ keys, now = Date.now }: TeamsDoubleOptions): TeamsDouble => {
  const entries: FeedEntry[] = [];
  const waiting = new Set<() => void>();
  let takenIn = 0;
  const timers = new Set<NodeJS.Timeout>();
  const holding = new Map<string, () => Promise<void>>();

  const later = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      timers.add(setTimeout(resolve, ms));
    });
  const inMood = async (operation: string, isAsked = true): Promise<void> => {
    if (isAsked) double.asked.push(operation);
    const held = holding.get(operation);
    holding.delete(operation);
    await held?.();
    const mood = moodNow(double);
    if (mood.kind === 'hanging') await new Promise(() => undefined);
    if (mood.kind === 'down' || double.failing.has(operation)) throw new Error('teams is down');
    if (mood.kind === 'slow') await later(mood.ms);
  };
  const handler =
    <Operation extends 'access' | 'userTeams' | 'people' | 'ancestors' | 'descendants' | 'companies' | 'audit' | 'standing'>(
      operation: Operation,
      answer: (request: TeamsApi[Operation]['request']) => TeamsApi[Operation]['reply'],
    ): Handler =>
    async (_claims, body) => {
      await inMood(operation);
      return { status: 200, body: answer(body as TeamsApi[Operation]['request']) };
    };

  /** What background work asks: it follows the mood, but does not stand among `asked`, as it comes when it comes. */
  const inBackground =
    <Operation extends 'teams' | 'companies' | 'levels' | 'coverage'>(operation: Operation, answer: (request: TeamsApi[Operation]['request']) => TeamsApi[Operation]['reply']): Handler =>
    async (_claims, body) => {
      await inMood(operation, false);
      return { status: 200, body: answer(body as TeamsApi[Operation]['request']) };
    };
  const known = (ids: readonly string[]) => ids.filter((id) => double.companies.has(id)).map((id) => ({ id, isActive: true }));
  const someCompanies = handler('companies', (request) => ({ companies: 'ids' in request ? known(request.ids) : [], hasMore: false }));
  const allCompanies = inBackground('companies', (request) => {
    const { page, hasMore } = 'ids' in request ? { page: [], hasMore: false } : pageAfter([...double.companies.keys()], request.after, request.limit);
    return { companies: known(page), hasMore };
  });
  const accessIn = (companyId: string, userId: string): Access[] => {
    const access = accessOf(double.companies.get(companyId), companyId, userId, true);
    return access === null ? [] : [access];
  };

  const feed: Handler = async (_claims, body) => {
    const { after, waitMs, durable } = body as TeamsApi['feed']['request'];
    if (double.mood.kind === 'down') throw new Error('teams is down');
    if (after !== null && after.log !== double.log) return { status: 200, body: { log: double.log, entries: [], position: entries.length, lost: true } };
    const from = after?.position ?? entries.length;
    if (durable === undefined) takenIn = Math.max(takenIn, after?.position ?? 0);
    if (after !== null && entries.length <= from && waitMs > 0) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        timers.add(setTimeout(resolve, waitMs));
      });
    }
    const page = entries.slice(from);
    return { status: 200, body: { log: double.log, entries: page, position: from + page.length, lost: false } };
  };

  const endpoint = createEndpoint(
    'teams',
    {
      access: handler('access', ({ companyId, userId, withTeams }) => ({ access: accessOf(double.companies.get(companyId), companyId, userId, withTeams) })),
      userTeams: handler('userTeams', ({ companyId, userId }) => ({ teamIds: activePerson(double.companies.get(companyId), userId)?.teams.toSorted() ?? null })),
      people: handler('people', ({ companyId, userIds }) => ({ active: userIds.filter((id) => activePerson(double.companies.get(companyId), id)) })),
      ancestors: handler('ancestors', ({ companyId, teamIds }) => ({ treeVersion: versionOf(double.companies.get(companyId)), ancestors: ancestorsOf(double.companies.get(companyId), teamIds) })),
      standing: handler('standing', ({ companyId, teamIds }) => ({ treeVersion: versionOf(double.companies.get(companyId)), standing: standingOf(double.companies.get(companyId), teamIds) })),
      descendants: handler('descendants', ({ companyId, teamId }) => {
        const company = double.companies.get(companyId);
        const lines = Object.entries(ancestorsOf(company, [...(company?.parents.keys() ?? [])]));
        return { treeVersion: versionOf(company), teamIds: lines.filter(([, line]) => line.includes(teamId)).map(([id]) => id) };
      }),
      teams: inBackground('teams', ({ companyId, after, limit }) => {
        const company = double.companies.get(companyId);
        const { page, hasMore } = pageAfter([...(company?.parents.keys() ?? [])], after, limit);
        return { treeVersion: versionOf(company), hasMore, teams: page.map((id) => ({ id, ...(company?.named?.get(id) ?? { name: id, source: 'Launchpad', referenceId: null }) })) };
      }),
      companies: (claims, body) => ('ids' in (body as TeamsApi['companies']['request']) ? someCompanies : allCompanies)(claims, body),
      audit: handler('audit', ({ entries }) => {
        const taken = entries.filter(double.takesEntry);
        for (const entry of taken) double.audited.set(entry.id, [...(double.audited.get(entry.id) ?? []), entry]);
        return { acknowledged: taken.map(({ id }) => id) };
      }),
      levels: inBackground('levels', ({ companyId, after, limit }) => {
        const { page, hasMore } = pageAfter([...(double.companies.get(companyId)?.people.keys() ?? [])], after, limit);
        return { hasMore, people: page.flatMap((userId) => accessIn(companyId, userId)) };
      }),
      coverage: inBackground('coverage', ({ reports }) => {
        double.coverage.push(...reports);
        return {};
      }),
      feed,
    },
    keys,
    now,
  );
  const double: TeamsDouble = {
    companies: new Map(),
    mood: { kind: 'well' },
    failing: new Set(),
    log: 'double',
    asked: [],
    coverage: [],
    audited: new Map(),
    takesEntry: () => true,
    peer: connectInProcess({ caller: 'contacts', audience: 'teams', keys, now }, endpoint),
    holdNext: (operation) => {
      let isAsked = false;
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      holding.set(operation, () => {
        isAsked = true;
        return released;
      });
      return { isAsked: () => isAsked, release };
    },
    emit: (companyId, type, payload = {}, aggregateId = companyId) => {
      const position = entries.length + 1;
      entries.push({ position, eventId: `e${String(position)}`, type, companyId, aggregateId, occurredAt: new Date(now()).toISOString(), payload });
      for (const wake of waiting) wake();
      waiting.clear();
    },
    tell: (companyId, type, payload) => {
      double.emit(companyId, type, payload);
      const all = entries.length;
      // who asks for what comes after an entry has taken it in
      return until(() => takenIn >= all);
    },
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      double.mood = { kind: 'hanging' };
    },
  };
  return double;
};

const pageAfter = (ids: readonly string[], after: string | null, limit: number) => {
  const rest = ids.toSorted().filter((id) => after === null || id > after);
  return { page: rest.slice(0, limit), hasMore: rest.length > limit };
};

const moodNow = ({ mood, asked }: TeamsDouble): Mood => {
  if (mood.kind !== 'flapping') return mood;
  return asked.length % 2 === 0 ? mood.as : { kind: 'well' };
};

const activePerson = (company: DoubleCompany | undefined, userId: string): DoublePerson | undefined => {
  const person = company?.people.get(userId);
  return person?.active === false ? undefined : person;
};

const accessOf = (company: DoubleCompany | undefined, companyId: string, userId: string, withTeams: boolean): Access | null => {
  const person = activePerson(company, userId);
  if (company === undefined || person === undefined) return null;
  const levels = Object.fromEntries(permissionActions.map((action) => [action, person.levels?.[action] ?? defaultLevel(person.role, action)])) as Levels;
  const needed = withTeams || (company.teamFlag && Object.values(levels).includes('team'));
  const lineOf = (team: string): readonly string[] => [team, ...(ancestorsOf(company, [team])[team] ?? [])];
  return {
    companyId,
    userId,
    role: person.role,
    levels,
    flags: { unified_app: true, one_team_migration_enabled: true, cdp_team_permission_enabled: company.teamFlag, publish_team_events: true },
    teamIds: person.teams,
    expandedTeamIds: needed ? [...company.parents.keys()].filter((team) => lineOf(team).some((each) => person.teams.includes(each))) : [],
    treeVersion: versionOf(company),
  };
};

const versionOf = (company: DoubleCompany | undefined): number => company?.treeVersion ?? 0;

const standingOf = (company: DoubleCompany | undefined, teamIds: readonly string[]): Record<string, string | null> => {
  const standsFor = (team: string): string | null => {
    const to = company?.replaced?.get(team);
    return to === undefined ? team : to === null ? null : standsFor(to);
  };
  return Object.fromEntries(teamIds.filter((team) => company?.parents.has(team) === true || company?.replaced?.has(team) === true).map((team) => [team, standsFor(team)]));
};

const ancestorsOf = (company: DoubleCompany | undefined, teamIds: readonly string[]): Record<string, readonly string[]> => {
  const upwards = (team: string): string[] => {
    const parent = company?.parents.get(team) ?? null;
    return parent === null ? [] : [...upwards(parent), parent];
  };
  return Object.fromEntries(teamIds.filter((team) => company?.parents.has(team)).map((team) => [team, upwards(team)]));
};
