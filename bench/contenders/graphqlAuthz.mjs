import { ApolloServer } from '@apollo/server';
import { authZApolloPlugin } from '@graphql-authz/apollo-server-plugin';
import { postExecRule, preExecRule } from '@graphql-authz/core';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { authenticate, startApollo } from '../shared/apolloContender.mjs';
import { createReadCaller } from '../shared/caller.mjs';
import { ownRegion, read, staff } from '../shared/rules.mjs';
import { createResolvers, mapFields, printTypeDefs } from '../shared/schema.mjs';

/**
 * graphql-authz under Apollo Server, with an authSchema. Rules on the caller are decided before execution; the rule on the
 * row after it, on the answer, for which it stands on the row's type and has `region` added to what is selected.
 */
export function start(world) {
  const rules = {
    read: preExecRule()(({ caller }) => read(caller)),
    staff: preExecRule()(({ caller }) => staff(caller)),
    ownRegion: postExecRule({ selectionSet: '{ region }' })(({ caller }, _args, row) => ownRegion(caller, row)),
  };
  const fieldRules = mapFields((rule) => ({ __authz: { rules: [rule === 'ownRegion' ? 'staff' : rule] } }));
  const authSchema = {
    ...fieldRules,
    RegionalTransaction: { ...fieldRules.RegionalTransaction, __authz: { rules: ['ownRegion'] } },
  };
  const server = new ApolloServer({
    schema: makeExecutableSchema({ typeDefs: printTypeDefs(), resolvers: createResolvers(world.data) }),
    plugins: [authZApolloPlugin({ rules, authSchema })],
  });
  return startApollo(server, authenticate(createReadCaller(world)));
}
