import type { TestSubgraph } from './supergraph.ts';

/** Media in three subgraphs: an interface with a key, `@interfaceObject` over it, entities of entities, lists of lists of entities. */
const head = '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject", "@shareable", "@requires", "@external"])';

const number = (text: unknown): number => Number(String(text).replace(/\D/g, ''));
const media = (n: number) => ({
  __typename: n % 2 === 0 ? 'Film' : 'Song',
  id: `m${String(n)}`,
  title: `Title ${String(n)}`,
  minutes: n === 3 ? null : n * 5,
  singer: n === 1 ? null : `Singer ${String(n)}`,
  director: { name: `Director ${String(n)}` },
});

const library: TestSubgraph = {
  name: 'library',
  sdl: `extend schema ${head}
    type Query { all: [Media!] one(id: ID!): Media shelves: [[Media]] first: Film! }
    interface Media @key(fields: "id") { id: ID! title: String! minutes: Int }
    type Film implements Media @key(fields: "id") { id: ID! title: String! minutes: Int director: Director }
    type Song implements Media @key(fields: "id") { id: ID! title: String! minutes: Int singer: String! }
    type Director @shareable { name: String }`,
  resolvers: {
    Query: {
      all: () => [0, 1, 2, 3, 4].map(media),
      one: (_: unknown, { id }: { id: string }) => media(number(id)),
      shelves: () => [[media(0), null, media(1)], null, [], [media(0), media(4)]],
      first: () => media(0),
    },
    Media: { __resolveReference: ({ id }: { id: string }) => (number(id) === 4 ? null : media(number(id))) },
    Film: { __resolveReference: ({ id }: { id: string }) => media(number(id)) },
    Song: { __resolveReference: ({ id }: { id: string }) => media(number(id)) },
  },
};

const ratings: TestSubgraph = {
  name: 'ratings',
  sdl: `extend schema ${head}
    type Query { best(first: Int = 2): [Media!]! }
    type Media @key(fields: "id") @interfaceObject { id: ID! stars: Float! minutes: Int @external long: Boolean @requires(fields: "minutes") critics: [Critic!] }
    type Critic @key(fields: "id") { id: ID! name: String likes: [Media] }`,
  resolvers: {
    Query: { best: (_: unknown, { first }: { first: number }) => [1, 2, 0].slice(0, Math.max(first, 0)).map((n) => ({ id: `m${String(n)}` })) },
    Media: {
      __resolveReference: (ref: object) => ref,
      stars: ({ id }: { id: string }) => (number(id) === 2 ? null : number(id) + 0.5),
      long: ({ minutes }: { minutes: number | null }) => (minutes === null ? null : minutes > 5),
      critics: ({ id }: { id: string }) => (number(id) === 1 ? null : [{ id: `c${String(number(id) % 2)}` }, { id: 'c1' }]),
    },
    Critic: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      name: ({ id }: { id: string }) => `Critic ${id}`,
      likes: ({ id }: { id: string }) => [{ id: `m${String(number(id))}` }, null, { id: 'm3' }],
    },
  },
};

const sales: TestSubgraph = {
  name: 'sales',
  sdl: `extend schema ${head}
    type Film @key(fields: "id") { id: ID! sold: Int }
    type Song @key(fields: "id") { id: ID! sold: Int plays(since: Int!): Int! }
    type Critic @key(fields: "id") { id: ID! bought: [Film!] }`,
  resolvers: {
    Film: { __resolveReference: ({ id }: { id: string }) => ({ id, sold: number(id) === 2 ? new Error('sold fails on purpose') : number(id) * 9 }) },
    Song: { __resolveReference: ({ id }: { id: string }) => ({ id, sold: 1 }), plays: ({ id }: { id: string }, { since }: { since: number }) => number(id) * since },
    Critic: { __resolveReference: ({ id }: { id: string }) => ({ id, bought: [{ id: 'm0' }, { id: 'm4' }] }) },
  },
};

export const mediaGraph: readonly TestSubgraph[] = [library, ratings, sales];
