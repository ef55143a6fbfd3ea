import type { TestSubgraph } from './supergraph.ts';

/**
 * A shop in four subgraphs: keys of several fields, `@requires` with arguments, `@provides`, `@external`, `@override`, `@shareable`,
 * interfaces, unions, enums, nested lists, and fields that fail or are null where they may not be.
 */
const head = '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", "@external", "@override", "@shareable", "@inaccessible"])';

type Ref = Readonly<Record<string, unknown>>;
const number = (text: unknown): number => Number(String(text).replace(/\D/g, ''));
const brandOf = (n: number) => ({ id: `b${String(n % 3)}`, name: `Brand ${String(n % 3)}` });
const product = (n: number) => ({
  __typename: n % 3 === 0 ? 'Book' : 'Gadget',
  id: `p${String(n)}`,
  sku: `s${String(n)}`,
  brand: brandOf(n),
  name: n === 4 ? null : `Product ${String(n)}`,
  price: n * 10 + 0.5,
  weight: n === 5 ? null : n * 100,
  size: ['SMALL', 'LARGE', 'HUGE'][n % 3],
  pages: n * 7,
  volts: n === 2 ? null : 220,
  grid: [[n, n + 1], [], [null, n]],
  tags: n % 2 === 0 ? ['new', `tag${String(n)}`] : [],
});
const all = Array.from({ length: 8 }, (_, n) => n);
const fail = (what: string): never => {
  throw new Error(`${what} fails on purpose`);
};

const catalog: TestSubgraph = {
  name: 'catalog',
  sdl: `extend schema ${head}
    type Query { products(first: Int = 5, size: Size): [Product!]! product(id: ID!): Product things(kinds: [String!]): [Thing] broken: [Product] }
    type Mutation { rename(id: ID!, name: String!): Product reprice(input: Reprice!): Product! }
    input Reprice { id: ID! price: Float! tags: [String!] = ["sale"] }
    enum Size { SMALL LARGE HUGE }
    interface Product { id: ID! sku: String! name: String brand: Brand! size: Size grid: [[Int]!] tags(prefix: String = "t"): [String!]! }
    type Book implements Product @key(fields: "id") @key(fields: "sku brand { id }") { id: ID! sku: String! name: String brand: Brand! size: Size grid: [[Int]!] tags(prefix: String = "t"): [String!]! pages: Int! related(first: Int): [Product] }
    type Gadget implements Product @key(fields: "id") @key(fields: "sku brand { id }") { id: ID! sku: String! name: String brand: Brand! size: Size grid: [[Int]!] tags(prefix: String = "t"): [String!]! volts: Int! strict: String! related(first: Int): [Product] }
    type Brand @shareable { id: ID! name: String }
    union Thing = Book | Gadget | Shelf
    type Shelf { label: String! things: [Thing!] }`,
  resolvers: {
    Query: {
      products: (_: unknown, { first, size }: { first: number; size?: string }) => all.slice(0, Math.max(first, 0)).map(product).filter((each) => size === undefined || each.size === size),
      product: (_: unknown, { id }: { id: string }) => (number(id) < 8 ? product(number(id)) : number(id) === 9 ? fail('product') : null),
      things: () => [product(0), { __typename: 'Shelf', label: 'Top', things: [product(1), product(3)] }, null, product(2)],
      broken: () => [product(1), new Error('one item fails on purpose'), product(2)],
    },
    Mutation: {
      rename: (_: unknown, { id, name }: { id: string; name: string }) => ({ ...product(number(id)), name }),
      reprice: (_: unknown, { input }: { input: { id: string; price: number; tags: string[] } }) => ({ ...product(number(input.id)), price: input.price, tags: input.tags }),
    },
    ...Object.fromEntries(
      ['Book', 'Gadget'].map((type) => [
        type,
        {
          __resolveReference: (ref: Ref) => (number(ref['id'] ?? ref['sku']) === 7 ? null : product(number(ref['id'] ?? ref['sku']))),
          tags: ({ tags }: { tags: string[] }, { prefix }: { prefix: string }) => tags.filter((tag) => tag.startsWith(prefix)),
          related: ({ id }: { id: string }, { first = 3 }: { first?: number }) => [0, 1, 2, 3].slice(0, first).map((step) => (step === 2 ? null : product((number(id) + step) % 8))),
          ...(type === 'Gadget' && { strict: ({ id }: { id: string }) => (number(id) === 1 ? fail('strict') : number(id) === 2 ? null : `strict ${id}`) }),
        },
      ]),
    ),
  },
};

const stock: TestSubgraph = {
  name: 'stock',
  sdl: `extend schema ${head}
    type Query { warehouses: [Warehouse!]! }
    enum Unit { KG GRAM }
    type Book @key(fields: "id") { id: ID! weight: Int @external price: Float @shareable shipping(unit: Unit = KG, express: Boolean): String @requires(fields: "weight") inStock: Int! }
    type Gadget @key(fields: "sku brand { id }") { sku: String! brand: Brand! weight: Int @external price: Float @shareable shipping(unit: Unit = KG, express: Boolean): String @requires(fields: "weight") inStock: Int! }
    type Brand @shareable { id: ID! name: String }
    type Warehouse @key(fields: "id") { id: ID! city: String @override(from: "people") holds: [Holding!] }
    type Holding { count: Int! book: Book gadget: Gadget }`,
  resolvers: {
    Query: { warehouses: () => [0, 1].map((n) => ({ id: `w${String(n)}`, city: `City ${String(n)}`, holds: [{ count: n, book: { id: 'p0' } }, { count: 2, gadget: { sku: 's4', brand: brandOf(4) } }, { count: 3, book: null }] })) },
    ...Object.fromEntries(
      ['Book', 'Gadget'].map((type) => [
        type,
        {
          __resolveReference: (ref: Ref) => ({ ...ref, price: number(ref['id'] ?? ref['sku']) * 10 + 0.5 }),
          shipping: ({ weight }: { weight: number | null }, { unit, express }: { unit: string; express?: boolean }) => (weight === null ? fail('shipping') : `${String(weight)} ${unit} ${String(express ?? 'normal')}`),
          inStock: (ref: Ref) => (number(ref['id'] ?? ref['sku']) === 6 ? null : number(ref['id'] ?? ref['sku']) * 3),
        },
      ]),
    ),
    Warehouse: { __resolveReference: ({ id }: { id: string }) => ({ id, city: `City ${id}`, holds: null }) },
  },
};

const mail: TestSubgraph = {
  name: 'mail',
  sdl: `extend schema ${head}
    type Person @key(fields: "id") { id: ID! email: String @shareable }`,
  resolvers: { Person: { __resolveReference: ({ id }: { id: string }) => ({ id, email: `${id}@example.test` }) } },
};

const weights: TestSubgraph = {
  name: 'weights',
  sdl: `extend schema ${head}
    type Book @key(fields: "id") { id: ID! weight: Int price: Float @shareable }
    type Gadget @key(fields: "id") { id: ID! weight: Int price: Float @shareable }`,
  resolvers: Object.fromEntries(['Book', 'Gadget'].map((type) => [type, { __resolveReference: ({ id }: { id: string }) => product(number(id)) }])),
};

const people: TestSubgraph = {
  name: 'people',
  sdl: `extend schema ${head}
    type Query { me: Person person(id: ID!): Person reviews(first: Int = 4): [Review] search(text: String!): [Found!]! node(id: ID!): Node }
    interface Node { id: ID! }
    union Found = Person | Review
    type Person implements Node @key(fields: "id") { id: ID! name: String! email: String @external friends: [Person!] reviews: [Review!] secret: String @inaccessible age: Int! }
    type Review implements Node @key(fields: "id") { id: ID! stars: Int! text(length: Int): String author: Person @provides(fields: "email") of: Reviewed parent: Review }
    union Reviewed = Book | Gadget
    type Book @key(fields: "id") { id: ID! reviews(min: Int): [Review!]! rating: Float }
    type Gadget @key(fields: "id") { id: ID! reviews(min: Int): [Review!]! rating: Float }
    type Warehouse @key(fields: "id") { id: ID! city: String keeper: Person! }`,
  resolvers: {
    Query: {
      me: () => person(1),
      person: (_: unknown, { id }: { id: string }) => (number(id) < 5 ? person(number(id)) : null),
      reviews: (_: unknown, { first }: { first: number }) => [0, 1, 2, 3, 4, 5].slice(0, Math.max(0, first)).map((n) => (n === 3 ? null : review(n))),
      search: () => [person(2), review(1), person(3)],
      node: (_: unknown, { id }: { id: string }) => (id.startsWith('r') ? review(number(id)) : person(number(id) % 5)),
    },
    Person: {
      __resolveReference: ({ id }: { id: string }) => person(number(id)),
      friends: ({ id }: { id: string }) => [person((number(id) + 1) % 5), person((number(id) + 2) % 5)],
      reviews: ({ id }: { id: string }) => (number(id) === 3 ? null : [review(number(id)), review(number(id) + 1)]),
      age: ({ id }: { id: string }) => (number(id) === 4 ? fail('age') : 20 + number(id)),
    },
    Review: {
      __resolveReference: ({ id }: { id: string }) => review(number(id)),
      text: ({ id }: { id: string }, { length }: { length?: number }) => `Review ${id}`.slice(0, length ?? 100),
    },
    ...Object.fromEntries(
      ['Book', 'Gadget'].map((type) => [
        type,
        {
          __resolveReference: ({ id }: { id: string }) => (number(id) === 6 ? fail('reviewed') : { id }),
          reviews: ({ id }: { id: string }, { min = 0 }: { min?: number }) => [review(number(id)), review(number(id) + 1)].filter(({ stars }) => stars >= min),
          rating: ({ id }: { id: string }) => (number(id) === 3 ? fail('rating') : number(id) / 2),
        },
      ]),
    ),
    Warehouse: { __resolveReference: ({ id }: { id: string }) => ({ id, city: 'nowhere', keeper: number(id) === 1 ? null : person(0) }) },
  },
};
const person = (n: number) => ({ __typename: 'Person', id: `u${String(n)}`, name: `Person ${String(n)}`, email: `u${String(n)}@example.test`, secret: 'hidden' });
const review = (n: number): Readonly<Record<string, unknown>> & { stars: number } => ({
  __typename: 'Review',
  id: `r${String(n)}`,
  stars: n % 5,
  author: n === 2 ? null : person(n % 5),
  of: n === 5 ? null : { __typename: n % 3 === 0 ? 'Book' : 'Gadget', id: `p${String(n % 8)}` },
  ...(n > 0 && n < 4 && { parent: { __typename: 'Review', id: `r${String(n - 1)}`, stars: (n - 1) % 5, author: null, of: null } }),
});

export const shop: readonly TestSubgraph[] = [catalog, stock, weights, mail, people];
