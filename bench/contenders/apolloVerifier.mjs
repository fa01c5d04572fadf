import { ApolloServer } from '@apollo/server';
import { authenticate, startApollo } from '../shared/apolloContender.mjs';
import { createReadCaller } from '../shared/caller.mjs';
import { createResolvers, printTypeDefs } from '../shared/schema.mjs';

/** Apollo Server that verifies the token in its context function, and asks no more. */
export function start(world) {
  const server = new ApolloServer({ typeDefs: printTypeDefs(), resolvers: createResolvers(world.data) });
  return startApollo(server, authenticate(createReadCaller(world)));
}
