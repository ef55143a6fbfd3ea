/** Things of the teams subgraph, as entity references that the gateway resolves. */
export type TeamReference = Readonly<{ __typename: 'Team'; id: string }>;
export type UserReference = Readonly<{ __typename: 'User'; id: string }>;

export const teamReference = (id: string): TeamReference => ({ __typename: 'Team', id });
export const userReference = (id: string | null): UserReference | null => (id === null ? null : { __typename: 'User', id });
