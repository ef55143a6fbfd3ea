/** What both subgraphs of the bench answer, whatever is asked: twenty contacts, a hundred teams. */
export const teamId = (number: number): string => `00000000-0000-4000-8000-0000000${String(10_000 + number)}`;
const contactId = (number: number): string => String(number).padStart(24, '0');

export const contact = (number: number) => ({
  __typename: 'Contact',
  id: contactId(number),
  name: `Customer ${String(number)}`,
  email: `customer${String(number)}@example.test`,
  phone: '+628111111111',
  version: 1,
  updatedAt: '2026-07-01T03:00:00.000Z',
  teamOwners: [number % 7, (number % 5) + 7].map((place) => ({ __typename: 'Team', id: teamId(place) })),
  notes: { nodes: [1, 2, 3].map((note) => ({ __typename: 'Note', id: contactId(number * 10 + note), text: `Called about the order, ${String(note)}` })) },
});
export const team = (number: number) => ({
  __typename: 'Team',
  id: teamId(number),
  name: `Team ${String(number)}`,
  path: ['All', `Team ${String(number)}`],
  depth: 1,
  parent: { __typename: 'Team', id: teamId(99), name: 'All' },
});

export const pageOfContacts = { nodes: Array.from({ length: 20 }, (_, n) => contact(n)), totalCount: 20_000, pageInfo: { hasNextPage: true, endCursor: 'next' } };
export const companyTree = { treeVersion: 1, nodes: Array.from({ length: 100 }, (_, n) => ({ parentId: teamId(99), depth: 1, team: team(n) })) };
