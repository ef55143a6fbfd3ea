import type { TestSubgraph } from './supergraph.ts';

/**
 * A fleet in five subgraphs: `@requires` of fields with arguments and of nested ones, one that needs another's outcome, entities that one
 * subgraph knows by one key and the next by another, keys that cannot be resolved where they stand, enums and lists as arguments,
 * interfaces with an entity among their types, unions over all of it.
 */
const head = '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", "@external", "@shareable"])';

const number = (text: unknown): number => Number(String(text).replace(/\D/g, ''));
const fail = (what: string): never => {
  throw new Error(`${what} fails on purpose`);
};
const factors: Readonly<Record<string, number>> = { KG: 1, G: 1_000, LB: 2 };
const owner = (n: number) => ({ __typename: 'Owner', country: ['ID', 'SG'][n % 2], number: n });
const parts = (n: number) => [
  { __typename: 'Wheel', kind: 'WHEEL', serial: `w${String(n)}`, size: n === 2 ? null : 15 + n },
  { __typename: 'Engine', kind: 'ENGINE', serial: `e${String(n)}` },
];
const car = (n: number) => ({
  __typename: 'Car',
  id: `c${String(n)}`,
  plate: `B ${String(n)} X`,
  base: n === 3 ? null : 900 + n,
  dims: { length: n === 4 ? null : 400 + n, wide: 180 + n },
  owner: n === 1 ? null : owner(n),
  parts: n === 5 ? null : parts(n),
});
const cars = [0, 1, 2, 3, 4, 5].map(car);
type Measured = Readonly<{ base?: number | null; wide?: number }>;
const mass = ({ base = null }: Measured, { unit }: { unit: string }): number | null => (base === null ? null : base * (factors[unit] ?? 0));
const width = ({ wide = 0 }: Measured, { unit }: { unit: string }): number => wide * (factors[unit] ?? 0);

const registry: TestSubgraph = {
  name: 'registry',
  sdl: `extend schema ${head}
    type Query { cars(first: Int = 3): [Car!]! car(id: ID!): Car things(kinds: [Kind!] = [WHEEL, ENGINE]): [Thing] part(serial: String!): Part }
    type Mutation { paint(id: ID!, as: Paint = { colour: "red" }): Car weigh(ids: [ID!]!): [Car] }
    input Paint { colour: String! coats: Int = 2 units: [Unit!] }
    enum Unit { KG G LB }
    enum Kind { WHEEL ENGINE }
    type Car @key(fields: "id") @key(fields: "plate") { id: ID! plate: String! mass(unit: Unit = KG): Float dims: Dims! owner: Owner parts(kinds: [Kind!]): [Part!] }
    type Dims @shareable { length: Int width(unit: Unit = KG): Float }
    interface Part { kind: Kind! serial: String! }
    type Wheel implements Part { kind: Kind! serial: String! size: Int! }
    type Engine implements Part @key(fields: "serial") { kind: Kind! serial: String! }
    type Owner @key(fields: "country number") { country: String! number: Int! }
    union Thing = Car | Owner | Wheel | Engine`,
  resolvers: {
    Query: {
      cars: (_: unknown, { first }: { first: number }) => cars.slice(0, Math.max(first, 0)),
      car: (_: unknown, { id }: { id: string }) => cars[number(id)] ?? (number(id) === 9 ? fail('car') : null),
      things: (_: unknown, { kinds }: { kinds: string[] }) => [car(0), null, owner(2), ...parts(1).filter(({ kind }) => kinds.includes(kind)), new Error('one thing fails on purpose'), owner(3)],
      part: (_: unknown, { serial }: { serial: string }) => parts(number(serial) % 6).find((each) => each.serial.startsWith(serial[0] ?? '')) ?? parts(0)[1],
    },
    Mutation: {
      paint: (_: unknown, { id, as }: { id: string; as: { colour: string; coats: number } }) => ({ ...car(number(id) % 6), plate: `B ${String(number(id) % 6)} X`, base: as.coats * 100 }),
      weigh: (_: unknown, { ids }: { ids: string[] }) => ids.map((id) => cars[number(id)] ?? null),
    },
    Car: {
      __resolveReference: ({ id, plate }: { id?: string; plate?: string }) => (number(id ?? plate) === 4 ? null : cars[number(id ?? plate)]),
      mass,
      parts: ({ parts: all }: { parts: readonly { kind: string }[] | null }, { kinds }: { kinds?: string[] }) => all?.filter(({ kind }) => kinds?.includes(kind) ?? true) ?? null,
    },
    Dims: { width },
    Engine: { __resolveReference: ({ serial }: { serial: string }) => parts(number(serial))[1] },
    Owner: { __resolveReference: ({ number: n }: { number: number }) => owner(n) },
  },
};

type Required = Readonly<{ id: string; mass: number | null; dims: Readonly<{ length: number | null; width: number }> }>;

const tolls: TestSubgraph = {
  name: 'tolls',
  sdl: `extend schema ${head}
    enum Unit { KG G LB }
    type Car @key(fields: "id") { id: ID! mass(unit: Unit = KG): Float @external dims: Dims! @external toll(zone: Int = 1): Float @requires(fields: "mass(unit: G) dims { length width(unit: LB) }") }
    type Dims @shareable { length: Int width(unit: Unit = KG): Float }`,
  resolvers: {
    Car: {
      __resolveReference: (ref: Required) => ref,
      toll: ({ mass: grams, dims }: Required, { zone }: { zone: number }) => (grams === null ? fail('toll') : grams * zone + (dims.length ?? 0) + dims.width),
    },
    Dims: { width },
  },
};

const rates: TestSubgraph = {
  name: 'rates',
  sdl: `extend schema ${head}
    type Car @key(fields: "plate") { plate: String! dims: Dims! @external rate: Float @requires(fields: "dims { length }") grade: String! }
    type Dims @shareable { length: Int }`,
  resolvers: {
    Car: {
      __resolveReference: (ref: Readonly<{ plate: string }>) => (number(ref.plate) === 5 ? fail('rates') : ref),
      rate: ({ dims }: Required) => (dims.length === null ? null : dims.length / 8),
      grade: ({ plate }: { plate: string }) => (number(plate) === 2 ? null : `grade of ${plate}`),
    },
  },
};

const finance: TestSubgraph = {
  name: 'finance',
  sdl: `extend schema ${head}
    type Car @key(fields: "id") { id: ID! rate: Float @external duty(extra: Float = 1): Float @requires(fields: "rate") }
    type Owner @key(fields: "country number") { country: String! number: Int! debt(since: Int): Float! }
    type Engine @key(fields: "serial") { serial: String! emissions: [[Int!]] }`,
  resolvers: {
    Car: { __resolveReference: (ref: object) => ref, duty: ({ rate }: { rate: number | null }, { extra }: { extra: number }) => (rate === null ? null : rate * extra) },
    Owner: { __resolveReference: (ref: object) => ref, debt: ({ number: n }: { number: number }, { since = 0 }: { since?: number }) => (n === 2 ? null : n * 100 - since) },
    Engine: { __resolveReference: (ref: object) => ref, emissions: ({ serial }: { serial: string }) => [[number(serial), 2], null, number(serial) === 1 ? [null] : []] },
  },
};

const people: TestSubgraph = {
  name: 'people',
  sdl: `extend schema ${head}
    type Query { owners(countries: [String!] = ["ID", "SG"]): [Owner]! newest: Newest }
    type Owner @key(fields: "country number") { country: String! number: Int! name: String cars: [Car] }
    type Car @key(fields: "id", resolvable: false) { id: ID! }
    union Newest = Owner | Car`,
  resolvers: {
    Query: {
      owners: (_: unknown, { countries }: { countries: string[] }) => [owner(0), null, owner(2), owner(3)].filter((each) => each === null || countries.includes(each.country ?? '')),
      newest: () => ({ __typename: 'Car', id: 'c4' }),
    },
    Owner: {
      __resolveReference: ({ country, number: n }: { country: string; number: number }) => (n === 3 ? null : { country, number: n }),
      name: ({ number: n }: { number: number }) => (n === 4 ? fail('name') : `Owner ${String(n)}`),
      cars: ({ number: n }: { number: number }) => [{ id: `c${String(n)}` }, null, { id: 'c4' }, { id: 'c5' }],
    },
  },
};

export const fleet: readonly TestSubgraph[] = [registry, tolls, rates, finance, people];
