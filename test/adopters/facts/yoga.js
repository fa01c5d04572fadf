// What GraphQL Yoga does with a guard besides the page of docs/adapters: printed as JSON.
import { createGuard, createPrincipal, NotFoundError, publicField, requireClaims, requireToken } from 'claimgraph';
import { useGuard } from 'claimgraph/envelop';
import { GraphQLError } from 'graphql';
import { createSchema, createYoga } from 'graphql-yoga';

const schema = createSchema({
  typeDefs: `
    type Query { motto: String takings: Int lost: String broken: String teapot: String mine: String }
    type Subscription { rings: String takings: Int }
  `,
  resolvers: {
    Query: {
      motto: () => 'hush',
      takings: () => 28,
      lost: () => Promise.reject(new NotFoundError('no row 9 in the table of loans')),
      broken: () => Promise.reject(new Error('a bug of the resolver')),
      teapot: () => Promise.reject(new GraphQLError('I am one', { extensions: { code: 'TEAPOT' } })),
      mine: (_root, _args, { db, request, authorization }) =>
        `${db} ${request.method} ${authorization.principal.subject}`,
    },
    Subscription: {
      rings: {
        async *subscribe() {
          yield { rings: 'ring' };
        },
      },
      takings: {
        async *subscribe() {
          yield { takings: 28 };
        },
      },
    },
  },
});
const isRich = requireClaims('is rich', ({ rich }) => rich);
const isKnown = requireToken('is known');
const permissions = {
  Query: {
    motto: publicField('hangs on the wall'),
    takings: isRich,
    lost: isKnown,
    broken: isKnown,
    teapot: isKnown,
    mine: isKnown,
  },
  Subscription: { rings: publicField('is heard by everybody'), takings: isRich },
};
const guard = createGuard({ schema, permissions });
const logged = [];
const log = (...told) => void logged.push(told.map(String).join(' '));
const yoga = createYoga({
  schema: guard.schema,
  batching: true,
  logging: { debug() {}, info() {}, warn: log, error: log },
  context: () => ({ db: 'mine' }),
  plugins: [
    useGuard(guard, {
      verifyToken: async (subject) =>
        createPrincipal({
          kind: 'user',
          issuer: 'https://pool.example.com',
          subject,
          clientId: 'spa',
          issuedAt: 0,
          expiresAt: 2_000_000_000,
          authTime: 0,
        }),
      claims: ({ subject }) => ({ rich: subject === 'ada' }),
    }),
  ],
});

async function ask(body, token, accept = 'application/json') {
  const headers = { accept, 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const codesOf = ({ errors = [] }) => errors.map(({ extensions }) => extensions?.code ?? null);

async function codes(query, token = 'bob') {
  const { status, text } = await ask({ query }, token);
  return [status, codesOf(JSON.parse(text)), /table of loans|bug of the resolver/.test(text)];
}

const batch = await ask([{ query: '{ takings }' }, { query: '{ motto takings }' }, { query: '{ motto }' }], 'bob');
const heard = async (field, token) => {
  const { status, text } = await ask({ query: `subscription { ${field} }` }, token, 'text/event-stream');
  return [status, /"(rings|takings)":("ring"|28)/.test(text)];
};

const facts = {
  mine: JSON.parse((await ask({ query: '{ mine }' }, 'bob')).text).data.mine,
  lost: await codes('{ motto lost }'),
  broken: await codes('{ motto broken }'),
  teapot: await codes('{ motto teapot }'),
  batch: JSON.parse(batch.text).map(({ data, ...rest }) => [data?.motto ?? null, codesOf(rest)]),
  rings: await heard('rings', 'bob'),
  takingsOfBob: await heard('takings', 'bob'),
  takingsOfAda: await heard('takings', 'ada'),
  logged: logged.length,
};
process.stdout.write(JSON.stringify(facts));
