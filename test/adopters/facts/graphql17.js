// What a guard does with graphql 17 and no server: printed as JSON.

import { makeExecutableSchema } from '@graphql-tools/schema';
import { createCan, createFieldIndex, createGuard, publicField, requireArguments, requireScope } from 'claimgraph';
import { execute, GraphQLScalarType, parse } from 'graphql';

const Json = new GraphQLScalarType({ name: 'Json' });
const schema = makeExecutableSchema({
  typeDefs: `
    scalar Json
    type Query { motto: String spend(amount: Int = 1, order: Json): Int }
    type Mutation { spend(amount: Int = 1, order: Json): Int }
  `,
  resolvers: {
    Json,
    Query: { motto: () => 'hush', spend: () => 1 },
    Mutation: { spend: () => 1 },
  },
});
const isSmall = requireArguments('spends little', ({ amount, order }) => amount < 10 && !(order?.amount >= 10));
const permissions = {
  Query: { motto: publicField('everybody sees it'), spend: requireScope('a/b') },
  Mutation: { spend: isSmall },
};
const guard = createGuard({ schema, permissions, introspection: 'by-caller' });
const principal = {
  kind: 'user',
  issuer: 'https://pool.example.com',
  subject: 'ada',
  clientId: 'spa',
  scopes: new Set(),
  impliedScopes: new Set(),
};

/** The first code of the answer, and whether it was given before anything was executed. */
async function codeOf(text, variableValues, options) {
  const document = parse(text, options);
  const session = guard.session({ principal });
  const start = await session.begin({ document, variableValues });
  if (start.refused) return start.response.body.errors[0].extensions.code;
  const result = await execute({ schema: guard.schema, document, variableValues, contextValue: session.context() });
  return session.finish(result).errors ? 'refused too late' : 'allowed';
}

const fragment = `
  mutation { ...Spends(amount: 99) }
  fragment Spends($amount: Int) on Mutation { spend(amount: $amount) }
`;
const { data, errors } = await execute({ schema: guard.schema, document: parse('{ motto spend }') });
const document = parse('{ __type(name: "Query") { fields { name } } }');
const session = guard.session({ principal });
await session.begin({ document });
const shown = await execute({ schema: guard.schema, document, contextValue: session.context() });

const asked = guard.session({ principal });
const can = createCan({
  fields: createFieldIndex(guard),
  authorization: asked.authorization,
  loadNode() {},
  onRuleThrew() {},
});
const mayWith = async (args) => {
  const [answer] = await can({ fields: ['Mutation.spend'], arguments: args });
  return answer.allowed;
};

process.stdout.write(
  JSON.stringify({
    withoutSession: { data, codes: errors.map(({ extensions }) => extensions.code) },
    literal: await codeOf('mutation { spend(amount: 99) }'),
    variable: await codeOf('mutation ($amount: Int) { spend(amount: $amount) }', { amount: 99 }),
    nestedVariable: await codeOf('mutation ($of: Int) { spend(order: { amount: $of }) }', { of: 99 }),
    default: await codeOf('mutation { spend }'),
    small: await codeOf('mutation ($amount: Int = 2) { spend(amount: $amount) }'),
    fragmentArguments: await codeOf(fragment, {}, { experimentalFragmentArguments: true }),
    can: {
      default: await mayWith({}),
      large: await mayWith({ amount: 99 }),
      faulty: await mayWith({ amount: 'x' }).catch(({ code }) => code),
    },
    introspection: shown.data.__type.fields.map(({ name }) => name),
  }),
);
