/** What is asked, with variables that differ from request to request, so that no gateway answers from a cache. */
export const operations = {
  'contact page': {
    query: `query Page($first: Int!, $after: String) { contacts(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      nodes { id name email phone version updatedAt teamOwners { id name path parent { id name } } notes(first: 3) { nodes { id text } } } } }`,
    variables: (n: number) => ({ first: 20, after: `after ${String(n)}` }),
  },
  'team tree': {
    query: `query Tree($unused: Boolean!) { companyTree { treeVersion @include(if: $unused) nodes { parentId depth team { id name path } } } }`,
    variables: () => ({ unused: true }),
  },
  'single lookup': {
    query: `query One($id: ID!) { contact(id: $id) { id name email phone version } }`,
    variables: (n: number) => ({ id: String(n).padStart(24, '0') }),
  },
} as const satisfies Record<string, Readonly<{ query: string; variables: (n: number) => Record<string, unknown> }>>;

export type OperationName = keyof typeof operations;
