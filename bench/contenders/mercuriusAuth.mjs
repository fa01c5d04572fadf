import fastify from 'fastify';
import mercurius from 'mercurius';
import mercuriusAuth from 'mercurius-auth';
import { createReadCaller } from '../shared/caller.mjs';
import { ownRegion, read, staff } from '../shared/rules.mjs';
import { createResolvers, printTypeDefs } from '../shared/schema.mjs';

const directiveTypeDefs = `
  enum Rule { read staff ownRegion }
  directive @auth(requires: Rule) on OBJECT | FIELD_DEFINITION
`;
const rules = { read, staff, ownRegion };

/** Mercurius with mercurius-auth: `@auth` on every field. `jit` is Mercurius' own option. */
export async function start(world, { jit = false } = {}) {
  const app = fastify();
  const readCaller = createReadCaller(world);
  app.register(mercurius, {
    schema: directiveTypeDefs + printTypeDefs((rule) => `@auth(requires: ${rule})`),
    resolvers: createResolvers(world.data),
    ...(jit && { jit: 1 }),
  });
  app.register(mercuriusAuth, {
    authContext: async ({ reply }) => ({ caller: await readCaller(reply.request.headers.authorization) }),
    async applyPolicy(authDirectiveAST, parent, _args, { auth }) {
      const requires = authDirectiveAST.arguments.find(({ name }) => name.value === 'requires').value.value;
      return rules[requires](auth.caller, parent);
    },
    authDirective: 'auth',
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url: `${origin}/graphql`,
    async execute({ headers, body }) {
      const { query, variables } = JSON.parse(body);
      const reply = { request: { headers, raw: { method: 'POST' } } };
      return JSON.stringify(await app.graphql(query, { reply }, variables));
    },
  };
}
