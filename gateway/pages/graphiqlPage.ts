import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { HttpReply } from '../../subgraphs/shared/server.ts';
import { asset, html } from './page.ts';

export type PageStart = Readonly<{
  /** Headers that each operation carries, for the person to see and change. */
  headers: Readonly<Record<string, string>>;
  /** What stands in the editor at first. */
  query: string;
}>;

/** GraphiQL with everything it needs from this server: works without internet. */
export const graphiqlPage = (start: PageStart): HttpReply =>
  html({
    title: 'One Team: GraphiQL',
    policy: {
      'script-src': "'self'",
      // its editor makes style elements as it goes
      'style-src': "'self' 'unsafe-inline'",
      'connect-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self' data:",
      'worker-src': "'self'",
    },
    styles: ['/graphiql/graphiql.css', '/graphiql/page.css'],
    scripts: ['/graphiql/graphiql.js'],
    module: '/graphiql/page.js',
    root: 'graphiql',
    start,
  });

/** A file of the page by its path below `/graphiql/`; undefined: no such file. Nine megabytes are read at the first that is asked for. */
export const graphiqlAsset = async (path: string): Promise<HttpReply | undefined> => {
  switch (path) {
    case 'page.js':
      return asset('text/javascript', module);
    case 'page.css':
      return asset('text/css', style);
    case 'graphiql.js':
      return asset('text/javascript', (await bundle()).js);
    case 'graphiql.css':
      return asset('text/css', (await bundle()).css);
    case 'editor.worker.js':
      return asset('text/javascript', (await bundle()).editorWorkerService);
    case 'json.worker.js':
      return asset('text/javascript', (await bundle()).jsonWorker);
    case 'graphql.worker.js':
      return asset('text/javascript', (await bundle()).graphqlWorker);
    default:
      return socketClient(path);
  }
};

const bundle = () => import('@graphql-yoga/render-graphiql/graphiql');

/** graphql-ws' own client, as its package has it: one file and what it imports beside it. */
const socketClient = async (path: string): Promise<HttpReply | undefined> => {
  const file = /^graphql-ws\/(client\.js|common-[\w-]+\.js)$/.exec(path)?.[1];
  if (file === undefined) return undefined;
  const folder = dirname(createRequire(import.meta.url).resolve('graphql-ws/client'));
  try {
    return asset('text/javascript', await readFile(join(folder, file), 'utf8'));
  } catch {
    return undefined;
  }
};

const style = 'html, body, #graphiql { height: 100%; margin: 0 }\n';

// Subscriptions carry the headers of the editor as payload of connection_init; what the gateway refuses, and a socket that
// it closes, is told. GraphiQL would open last time's tabs without headers: it starts anew, with the operation that is in the address.
const module = `import { createClient } from './graphql-ws/client.js';

const { headers, query } = JSON.parse(document.getElementById('start').textContent);
const workers = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_id, label) => '/graphiql/' + workers[label] + '.worker.js' };

const post = async (body, given) => {
  const sent = { 'content-type': 'application/json', ...given };
  return (await fetch('/graphql', { method: 'POST', headers: sent, body: JSON.stringify(body), credentials: 'omit' })).json();
};

async function* subscribe(body, given) {
  const connectionParams = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  try {
    yield* createClient({ url: '/graphql', connectionParams }).iterate(body);
  } catch (end) {
    if (Array.isArray(end)) yield { errors: end };
    else throw end instanceof Error ? end : new Error(end.code === undefined ? 'No socket to the gateway.' : 'The gateway closed the socket: ' + end.code + ' ' + end.reason);
  }
}

const isSubscription = (document, name) =>
  document?.definitions.some((each) => each.operation === 'subscription' && (name == null || each.name?.value === name));

const fetcher = (body, options) => {
  const given = options?.headers ?? {};
  return isSubscription(options?.documentAST, body.operationName) ? subscribe(body, given) : post(body, given);
};

localStorage.removeItem('graphiql:tabState');
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('graphiql'), {
  title: 'One Team', fetcher, defaultQuery: query, headers: JSON.stringify(headers, null, 2), shouldPersistHeaders: false,
});
`;
