import { once } from 'node:events';
import { createServer } from 'node:http';
import { useGenericAuth } from '@envelop/generic-auth';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { GraphQLError } from 'graphql';
import { createSchema, createYoga } from 'graphql-yoga';
import { createReadCaller } from '../shared/caller.mjs';
import { isManager, isOwnRegion, scope } from '../shared/rules.mjs';
import { createResolvers, printTypeDefs } from '../shared/schema.mjs';

const directiveTypeDefs = `
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE
  directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE
`;
const needsScope = `@authenticated @requiresScopes(scopes: [["${scope}"]])`;
const directives = {
  read: needsScope,
  staff: `${needsScope} @policy(policies: [["staff"]])`,
  ownRegion: needsScope,
};

/**
 * GraphQL Yoga with generic-auth: directives on every field, checked while the document is validated. It has no rules on
 * rows, so that one is in the field's resolver, where its users write it.
 */
export async function start(world, { jit = false } = {}) {
  const readCaller = createReadCaller(world);
  const genericAuth = useGenericAuth({
    mode: 'protect-granular',
    resolveUserFn: ({ request }) => readCaller(request.headers.get('authorization')).catch(() => null),
    extractPolicies: ({ claims }) => (isManager(claims) ? ['staff'] : []),
  });
  const resolvers = {
    ...createResolvers(world.data),
    RegionalTransaction: {
      amountUsd(row, _args, { currentUser }) {
        if (isOwnRegion(row, currentUser.claims)) return row.amountUsd;
        throw new GraphQLError('Forbidden');
      },
    },
  };
  const yoga = createYoga({
    schema: createSchema({ typeDefs: directiveTypeDefs + printTypeDefs((rule) => directives[rule]), resolvers }),
    plugins: jit ? [genericAuth, useGraphQlJit()] : [genericAuth],
  });
  const server = createServer(yoga).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/graphql`;
  return {
    url,
    async execute({ headers, body }) {
      const response = await yoga.fetch(url, { method: 'POST', headers, body });
      return response.text();
    },
  };
}
