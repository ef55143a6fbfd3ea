import type { HttpHandler } from '../../subgraphs/shared/server.ts';
import { wantsPage } from '../mediaType.ts';
import { graphiqlAsset, graphiqlPage, type PageStart } from './graphiqlPage.ts';
import { sandboxAsset, sandboxPage } from './sandboxPage.ts';

export type PagesOptions = Readonly<{
  /** Put into the Authorization header of both pages, for demos. Sandbox hands it on to its frame: never a token that counts outside. */
  token?: string | undefined;
  /** How long Sandbox may take until GraphiQL stands in for it, in milliseconds. Default 10,000. */
  patienceMs?: number | undefined;
}>;

const defaultPatienceMs = 10_000;

/**
 * Pages to try the gateway in a browser, outside production only (SPEC §4): Apollo Sandbox at `/graphql` for who asks for HTML,
 * which goes on to GraphiQL where there is no internet; GraphiQL at `/graphiql`, all of it from here.
 */
export const createPages = ({ token, patienceMs = defaultPatienceMs }: PagesOptions): HttpHandler => {
  const start: PageStart = { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` }, query: firstQuery };
  return async (request) => {
    if (request.method !== 'GET') return undefined;
    if (request.path === '/graphql') return wantsPage(request.headers.accept) ? sandboxPage({ ...start, patienceMs }) : undefined;
    if (request.path === '/graphiql') return graphiqlPage(start);
    const file = /^\/graphiql\/(.+)$/.exec(request.path)?.[1];
    return file === undefined ? undefined : (sandboxAsset(file) ?? (await graphiqlAsset(file)));
  };
};

const firstQuery = `# Who am I, and whom may I see?
{
  me {
    role
    teams { name path }
  }
  contacts(first: 5) {
    totalCount
    nodes { name teamOwners { name } }
  }
}
`;
