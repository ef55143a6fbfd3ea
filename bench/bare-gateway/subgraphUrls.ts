import { type ConstDirectiveNode, Kind, parse } from 'graphql';

/** The subgraphs of a supergraph and the URLs that it gives them, empty when it gives none. */
export const subgraphUrls = (sdl: string): ReadonlyMap<string, string> => {
  const graphs = parse(sdl).definitions.find((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph');
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.flatMap(({ directives = [] }) => {
      const joined = directives.find(({ name }) => name.value === 'join__graph');
      return joined === undefined ? [] : [[textOf(joined, 'name'), textOf(joined, 'url')] as const];
    }),
  );
};

const textOf = ({ arguments: given = [] }: ConstDirectiveNode, name: string): string => {
  const value = given.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
};

/** Where each is asked: as given (`name=url`), else as the supergraph says. @throws one error with every name and URL that will not do. */
export const chosenUrls = (known: ReadonlyMap<string, string>, given: readonly string[]): ReadonlyMap<string, URL> => {
  const chosen = new Map(known);
  const faults: string[] = known.size === 0 ? ['the file is no composed supergraph: it has no join__Graph'] : [];
  for (const text of given) {
    const [, name = '', url = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (known.has(name)) chosen.set(name, url);
    else faults.push(`--subgraph ${JSON.stringify(text)} must be name=url with a name of ${[...known.keys()].join(', ')}`);
  }
  for (const [name, url] of chosen) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) faults.push(`${name} is at ${JSON.stringify(url)}: give an http or https URL, --subgraph ${name}=http://…`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return new Map([...chosen].map(([name, url]) => [name, new URL(url)]));
};
