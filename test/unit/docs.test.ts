import { describe, expect, test } from '@jest/globals';
import { Supergraph } from '@apollo/federation-internals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Kind, parse, validate } from 'graphql';
import { supergraphSdl } from '../../gateway/supergraph.ts';

const documents = ['README.md', 'docs/operations.md', 'docs/wire.md', 'embedded/mongo/README.md'];
const text = (path: string): string => readFileSync(path, 'utf8');
const withoutCode = (path: string): string => text(path).replaceAll(/^ *```[^]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));

/** The anchor that a heading gets: lower case, without punctuation, blanks as hyphens. */
const anchorsOf = (path: string): readonly string[] =>
  [...withoutCode(path).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-'));

describe('the documents', () => {
  test.each(documents)('%s links to files and headings that are there', (path) => {
    const links = [...withoutCode(path).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link.split('#') as [string, string?]);
    const broken = links.filter(([file, anchor]) => {
      const target = file === '' ? path : relative('.', join(dirname(path), file));
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  test('show GraphQL that is valid', () => {
    const schema = Supergraph.build(supergraphSdl(), { validateSupergraph: false }).apiSchema().toGraphQLJSSchema();
    const shown = documents.flatMap((path) => [...text(path).matchAll(/^ *```graphql\n([^]*?)^ *```$/gm)].map(([, block = '']) => ({ path, block })));
    expect(shown.length).toBeGreaterThan(4);
    const faults = shown.flatMap(({ path, block }) =>
      parse(block).definitions.flatMap((definition) => validate(schema, { kind: Kind.DOCUMENT, definitions: [definition] }).map(({ message }) => `${path}: ${message}`)),
    );
    expect(faults).toEqual([]);
  });
});
