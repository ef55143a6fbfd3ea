import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { supergraphSdl } from '../../gateway/supergraph.ts';

/** Stock `@apollo/gateway` as its documentation starts it, over the subgraphs at the URL given. Prints its URL. */
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
const [subgraphs = ''] = process.argv.slice(2);
const gateway = new ApolloGateway({ supergraphSdl: supergraphSdl().replace(/http:\/\/(\w+)\.invalid/g, `${subgraphs}/$1`) });
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), { listen: { port: 0, host: '127.0.0.1' } });
process.stdout.write(`${url.replace('localhost', '127.0.0.1')}\n`);
