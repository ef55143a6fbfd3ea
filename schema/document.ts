import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type ScalarTypeDefinitionNode,
} from 'graphql';
import { subgraphNames, subgraphSdl } from './compose.ts';

const roots = ['Query', 'Mutation', 'Subscription'];

/** `docs/schema.md`: every operation and type of the wire with its description, from the subgraphs' SDL. */
export const documentSchema = (): string => {
  const served = subgraphNames.flatMap((subgraph) =>
    parse(subgraphSdl(subgraph)).definitions.map((definition) => ({ subgraph, definition })),
  );
  const sections = roots.map((root) => {
    const operations = served.flatMap(({ subgraph, definition }) =>
      definition.kind === 'ObjectTypeDefinition' && definition.name.value === root
        ? (definition.fields ?? []).map((field) => operation(field, subgraph))
        : [],
    );
    return [`## ${root}`, ...operations].join('\n\n');
  });
  return [
    '# The wire',
    'Made from `schema/*.graphql` by `npm run schema`; do not edit. Tokens, error codes and conventions: [wire.md](wire.md).',
    ...sections,
    '## Types',
    ...types(served.map(({ definition }) => definition)),
    '',
  ].join('\n\n');
};

const operation = (field: FieldDefinitionNode, subgraph: string): string =>
  [
    `### ${field.name.value}`,
    `\`${signature(field)}\` · ${subgraph}`,
    [text(field), costs(field)].join(' ').trim(),
    ...(field.arguments ?? []).map((argument) => `- \`${argumentText(argument)}\` ${text(argument)}`.trimEnd()),
  ].join('\n\n').replaceAll('\n\n- ', '\n- ');

type Named = ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode | EnumTypeDefinitionNode | ScalarTypeDefinitionNode;
const namedKinds = ['ObjectTypeDefinition', 'InputObjectTypeDefinition', 'EnumTypeDefinition', 'ScalarTypeDefinition'];
const isNamed = (definition: DefinitionNode): definition is Named => namedKinds.includes(definition.kind);

const types = (definitions: readonly DefinitionNode[]): string[] => {
  const merged = new Map<string, string[]>();
  for (const definition of definitions) {
    if (!isNamed(definition) || roots.includes(definition.name.value)) continue;
    const lines = merged.get(definition.name.value) ?? [`### ${definition.name.value}`, described(definition), ''];
    lines.push(...rows(definition).filter((row) => !lines.includes(row)));
    merged.set(definition.name.value, lines);
  }
  return [...merged.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lines]) => lines.join('\n').trimEnd());
};

const described = (definition: Named): string => {
  const directives: readonly ConstDirectiveNode[] = definition.kind === 'ObjectTypeDefinition' ? (definition.directives ?? []) : [];
  const key = directives.map(keyOf).find((fields) => fields !== undefined);
  const kind = definition.kind.replace('TypeDefinition', '').toLowerCase();
  const entity = key === undefined ? '' : `, entity by \`${key}\``;
  return `*${kind}${entity}.* ${text(definition)}`;
};

const keyOf = (directive: ConstDirectiveNode): string | undefined => {
  const fields = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
  return directive.name.value === 'key' && fields?.kind === 'StringValue' ? fields.value : undefined;
};

const rows = (definition: Named): string[] => {
  switch (definition.kind) {
    case 'ObjectTypeDefinition':
      return definition.fields?.map((field) => `- \`${signature(field)}\` ${text(field)} ${costs(field)}`.trimEnd()) ?? [];
    case 'InputObjectTypeDefinition':
      return definition.fields?.map((field) => `- \`${argumentText(field)}\` ${text(field)}`) ?? [];
    case 'EnumTypeDefinition':
      return definition.values?.map((value) => `- \`${value.name.value}\` ${text(value)}`) ?? [];
    case 'ScalarTypeDefinition':
      return [];
    default:
      return definition satisfies never;
  }
};

const signature = (field: FieldDefinitionNode): string => {
  const list = field.arguments ?? [];
  const given = list.length === 0 ? '' : `(${list.map(argumentText).join(', ')})`;
  return `${field.name.value}${given}: ${print(field.type)}`;
};

const argumentText = (argument: InputValueDefinitionNode): string => {
  const start = argument.defaultValue === undefined ? '' : ` = ${print(argument.defaultValue)}`;
  return `${argument.name.value}: ${print(argument.type)}${start}`;
};

/** What `@cost` and an unpaged `@listSize` say, in words; pages are explained in wire.md. */
const costs = ({ directives = [] }: FieldDefinitionNode): string => {
  const number = (directive: string, argument: string): string | undefined => {
    const value = directives.find(({ name }) => name.value === directive)?.arguments?.find(({ name }) => name.value === argument)?.value;
    return value?.kind === 'IntValue' ? value.value : undefined;
  };
  const paged = directives.some((directive) => directive.arguments?.some(({ name }) => name.value === 'slicingArguments'));
  const [weight, size] = [number('cost', 'weight'), paged ? undefined : number('listSize', 'assumedSize')];
  return [...(weight === undefined ? [] : [`Costs ${weight}.`]), ...(size === undefined ? [] : [`Counts as ${size} ${size === '1' ? 'item' : 'items'}.`])].join(' ');
};

const text = (node: Readonly<{ description?: { readonly value: string } | undefined }>): string =>
  node.description?.value.replaceAll('\n', ' ') ?? '';
