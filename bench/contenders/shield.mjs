import { ApolloServer } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { applyMiddleware } from 'graphql-middleware';
import { deny, rule, shield } from 'graphql-shield';
import { authenticate, startApollo } from '../shared/apolloContender.mjs';
import { createReadCaller } from '../shared/caller.mjs';
import { ownRegion, read, staff } from '../shared/rules.mjs';
import { createResolvers, mapFields, printTypeDefs } from '../shared/schema.mjs';

/** graphql-shield under Apollo Server, a rule on every field. `cache` is for the rules that read the context only. */
export function start(world, { cache }) {
  const rules = {
    read: rule({ cache })((_parent, _args, { caller }) => read(caller)),
    staff: rule({ cache })((_parent, _args, { caller }) => staff(caller)),
    // Its documentation asks for `strict` here, which hashes each row and is several times slower still.
    ownRegion: rule({ cache: 'no_cache' })((row, _args, { caller }) => ownRegion(caller, row)),
  };
  const permissions = shield(
    mapFields((name) => rules[name]),
    { fallbackRule: deny },
  );
  const schema = makeExecutableSchema({ typeDefs: printTypeDefs(), resolvers: createResolvers(world.data) });
  const server = new ApolloServer({ schema: applyMiddleware(schema, permissions) });
  return startApollo(server, authenticate(createReadCaller(world)));
}
