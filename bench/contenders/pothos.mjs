import { ApolloServer } from '@apollo/server';
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { authenticate, startApollo } from '../shared/apolloContender.mjs';
import { createReadCaller } from '../shared/caller.mjs';
import { ownRegion, read, staff } from '../shared/rules.mjs';
import { createResolvers, types } from '../shared/schema.mjs';

const authScopesOf = {
  read: { read: true },
  staff: { staff: true },
  ownRegion: (row, _args, { caller }) => ownRegion(caller, row),
};

/** Pothos with scope-auth under Apollo Server: `authScopes` on every field. */
export function start(world) {
  const server = new ApolloServer({ schema: buildSchema(createResolvers(world.data)) });
  return startApollo(server, authenticate(createReadCaller(world)));
}

function buildSchema(resolvers) {
  const builder = new SchemaBuilder({
    plugins: [ScopeAuthPlugin],
    scopeAuth: { authScopes: async ({ caller }) => ({ read: read(caller), staff: staff(caller) }) },
  });
  const { Query, ...objects } = types;
  const refs = Object.fromEntries(Object.keys(objects).map((name) => [name, builder.objectRef(name)]));
  builder.queryType({ fields: (t) => fieldsOf(t, 'Query') });
  for (const [name, ref] of Object.entries(refs)) ref.implement({ fields: (t) => fieldsOf(t, name) });
  return builder.toSchema();

  function fieldsOf(t, typeName) {
    const fields = Object.entries(types[typeName]).map(([name, [type, rule]]) => {
      const item = /^\[(\w+)!\]$/.exec(type)?.[1];
      return [
        name,
        t.field({
          type: item ? [refs[item]] : (refs[type] ?? type),
          nullable: true,
          authScopes: authScopesOf[rule],
          resolve: resolvers[typeName]?.[name] ?? ((parent) => parent[name]),
        }),
      ];
    });
    return Object.fromEntries(fields);
  }
}
