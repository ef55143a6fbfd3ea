import { createServer, type IncomingMessage } from 'node:http';
import { companyTree, contact, pageOfContacts, team, teamId } from './data.ts';

/**
 * Both subgraphs of the bench as one process that has nothing to compute: `POST /contacts…` and `POST /teams…` answer the same data
 * whatever is selected, so that what is measured is the gateway. Prints its URL.
 */
const page = JSON.stringify({ data: { contacts: pageOfContacts } });
const single = JSON.stringify({ data: { contact: contact(1) } });
const tree = JSON.stringify({ data: { companyTree } });
const entities = new Map(Array.from({ length: 100 }, (_, n) => [teamId(n), JSON.stringify(team(n))]));

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

// The event feed, which our gateway follows: nothing ever happens.
const noEvents = '{"log":"bench","entries":[],"position":0,"lost":false}';
const feedWaitMs = 5_000;

const answerTo = (body: string): string => {
  const { query, variables } = JSON.parse(body) as { query: string; variables?: { representations?: { id: string }[] } };
  if (variables?.representations !== undefined) {
    return `{"data":{"_entities":[${variables.representations.map(({ id }) => entities.get(id) ?? 'null').join(',')}]}}`;
  }
  if (query.includes('companyTree')) return tree;
  return /\bcontacts\b/.test(query) ? page : single;
};

const server = createServer((request, response) => {
  const send = (text: string): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
  };
  bodyOf(request).then(
    (body) => {
      if (request.url?.endsWith('/feed') === true) setTimeout(() => send(noEvents), feedWaitMs);
      else send(answerTo(body));
    },
    () => response.writeHead(400).end(),
  );
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}\n`);
});
