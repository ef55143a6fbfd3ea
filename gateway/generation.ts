import { Kind, parse } from 'graphql';
import { costLimits, createCostLimit } from './cost/limit.ts';
import { pricesOf } from './cost/prices.ts';
import { createOperations, type Operations } from './operations.ts';
import { createPlanner } from './plans/planner.ts';
import { createShield, shieldTable } from './shield.ts';

export type GenerationOptions = Readonly<{
  /** The subgraphs that can be asked, `events` of this process among them. */
  services: ReadonlySet<string>;
  introspection: boolean;
  hideSuggestions: boolean;
  /** Most that one operation may cost; default 25,000. */
  maxCost?: number | undefined;
}>;

/**
 * One loaded supergraph: its operations, with the rules of the shield, and nothing read yet.
 * @throws with the reason, when it is no supergraph, names a service that nobody here answers for, or has a root field without a rule.
 */
export const loadGeneration = (sdl: string, { services, introspection, hideSuggestions, maxCost = costLimits.cost }: GenerationOptions): Operations => {
  const unknown = servicesOf(sdl).filter((name) => !services.has(name));
  if (unknown.length > 0) throw new Error(`the supergraph names services that this gateway has no way to: ${unknown.join(', ')}`);
  const planner = createPlanner(sdl);
  const shield = createShield(planner.schema, { table: shieldTable, introspection });
  const costs = createCostLimit(planner.schema, pricesOf(sdl), { ...costLimits, cost: maxCost });
  return createOperations({ planner, shield, introspection, hideSuggestions, costs });
};

/** The names of the subgraphs that a supergraph was composed of. @throws when it is none. */
const servicesOf = (sdl: string): readonly string[] => {
  const graphs = parse(sdl).definitions.find((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph');
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) throw new Error('the text is no supergraph: it has no join__Graph');
  return (graphs.values ?? []).flatMap(({ directives = [] }) =>
    directives.flatMap(({ arguments: given = [] }) => given.flatMap(({ name, value }) => (name.value === 'name' && value.kind === Kind.STRING ? [value.value] : []))),
  );
};
