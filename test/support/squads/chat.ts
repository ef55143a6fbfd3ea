import { type Squad, startSquad } from './squad.ts';

/** A division as Chat keeps it. */
export type Division = Readonly<{ division_id: number; company: string; title: string; parent_division_id?: number; archived?: boolean }>;

/** The sample Chat squad: pushes its divisions but the archived ones, and hears of each by subscription. */
export const startChat = (divisions: readonly Division[]): Promise<Squad> =>
  startSquad({
    app: 'CHAT',
    hears: 'subscription',
    itemsOf: (companies) =>
      divisions
        .filter(({ company, archived = false }) => companies.has(company) && !archived)
        .map(({ company, division_id, title, parent_division_id: parent }) => ({
          companySsoId: company,
          name: title,
          appIdentifierId: String(division_id),
          parentAppIdentifierId: parent === undefined ? null : String(parent),
        })),
  });
