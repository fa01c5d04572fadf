import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { startApollo } from '../shared/apolloContender.mjs';
import { createResolvers, printTypeDefs } from '../shared/schema.mjs';

/** Apollo Server without any authentication. `tuned` turns off the plugin that costs most on lists. */
export function start({ data }, { tuned = false } = {}) {
  const plugins = tuned ? [ApolloServerPluginCacheControlDisabled()] : [];
  return startApollo(new ApolloServer({ typeDefs: printTypeDefs(), resolvers: createResolvers(data), plugins }));
}
