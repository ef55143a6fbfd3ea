/** A report of contacts: how many of a company's contacts have a team owner. */
export type Coverage = Readonly<{ contacts: number; covered: number; isFresh: boolean }>;

/** Coverage from which `cdp_team_permission_enabled` may be turned on, in percent. */
export const leastPercent = 95;

/** What keeps `cdp_team_permission_enabled` from being turned on, or null: no report, one older than 7 days, or coverage below 95 % (SPEC §2.5). */
export const coverageFault = (coverage: Coverage | null): string | null => {
  if (coverage === null) return 'there is no coverage report of the company yet';
  const { contacts, covered, isFresh } = coverage;
  if (!isFresh) return 'the coverage report of the company is older than 7 days';
  if (covered * 100 >= contacts * leastPercent) return null;
  return `${String(covered)} of ${String(contacts)} contacts have a team owner, which is below ${String(leastPercent)} %`;
};
