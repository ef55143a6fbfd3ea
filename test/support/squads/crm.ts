import { type Squad, startSquad } from './squad.ts';

/** A team as CRM keeps it. */
export type CrmTeam = Readonly<{ id: string; cid: string; label: string; above: string | null; status: 'active' | 'inactive' }>;

/** The sample CRM squad: pushes its active teams, and asks for the events that it has not seen. */
export const startCrm = (teams: readonly CrmTeam[]): Promise<Squad> =>
  startSquad({
    app: 'CRM',
    hears: 'teamEvents',
    itemsOf: (companies) =>
      teams
        .filter(({ cid, status }) => companies.has(cid) && status === 'active')
        .map(({ cid, id, label, above }) => ({ companySsoId: cid, name: label, appIdentifierId: id, parentAppIdentifierId: above })),
  });
