import { Writable } from 'node:stream';
import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LimitExceededError, NotFoundError } from '../../src/errors.ts';
import { createAuthorization } from '../../src/operation/authorization.ts';
import { allOf, denyMode, masked, publicField, requireClaims, requireRow } from '../../src/rules/index.ts';
import { createApolloServer } from '../../src/server/apollo/apolloServer.ts';
import { clerk, type StaffClaims, userWith } from '../support/callers.ts';
import { guard } from '../support/guardedExecution.ts';

const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (crate: { readonly region: string }, { region }: StaffClaims) => crate.region === region,
);

const open = publicField('is a test');
const guarded = guard(
  /* GraphQL */ `
    type Query {
      crates(first: Int! = 3): [Crate!] secret: String! maybe: Crate plain: String missing: String limit: String
      coded: String headed: String beheaded: String text: String sealed: String! weight: Int
    }
    type Crate { id: ID! price: Int seal: String notes: String tax: String }
  `,
  {
    Query: { '*': open, secret: isManager },
    Crate: {
      id: open,
      price: denyMode('dropItem', isOfTheirRegion),
      seal: isOfTheirRegion,
      notes: denyMode('failOperation', isOfTheirRegion),
      tax: allOf(
        open,
        masked(isManager, () => '***'),
      ),
    },
  },
  {
    Query: {
      crates: () => ['north', 'south', 'north'].map((region, id) => ({ id, region, price: id, seal: 's', tax: '99' })),
      maybe: () => ({ id: null }),
      plain: () => fail(new Error('a secret of the database')),
      missing: () => fail(new NotFoundError('there is none')),
      limit: () => new LimitExceededError('too many', 7),
      coded: () => fail(new GraphQLError('of its own', { extensions: { code: 'BAD_USER_INPUT', more: 1 } })),
      headed: () =>
        fail(
          new GraphQLError('teapot', {
            extensions: { http: { status: 418, headers: new HeaderMap([['x-tea', '1']]) } },
          }),
        ),
      beheaded: () => fail(new GraphQLError('teapot', { extensions: { http: { status: 'hot' } } })),
      text: () => Promise.reject('a text'),
      weight: () => 'heavy',
    },
  },
);

function fail(error: unknown): never {
  throw error;
}

async function startServers() {
  let log: object[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const { time, durationMs, claimsAgeMs, ...line } = JSON.parse(chunk.toString('utf8'));
      log.push(line);
      done();
    },
  });
  const logger = pino({ level: 'info', base: null }, lines);
  const compiled: (string | undefined)[] = [];
  const onCompiled = ({ name }: { readonly name: string | undefined }) => compiled.push(name);
  const jit = createApolloServer(guarded, { introspection: 'off', logger, compiling: { compileAfter: 0, onCompiled } });
  const graphqlJs = createApolloServer(guarded, { introspection: 'off', logger, executor: 'graphql-js' });
  await Promise.all([jit.start(), graphqlJs.start()]);

  /** Everything that leaves the server, with each new id of an error as its number. */
  async function ask(server: typeof jit, query: string, variables: Record<string, unknown>) {
    log = [];
    const authorization = createAuthorization(userWith(), async () => clerk);
    const contextValue = { requestId: 'request', authorization };
    const { body, http } = await server.executeOperation({ query, variables }, { contextValue });
    const seen = JSON.stringify({ body, status: http.status, headers: [...http.headers], log });
    const withoutStacks = seen.replace(/"stack":"(?:[^"\\]|\\.)*"/g, '"stack":""');
    const ids = [...new Set(seen.match(/[\da-f]{8}-[\da-f-]{27}/g))];
    return ids.reduce((text, id, number) => text.replaceAll(id, `id ${number}`), withoutStacks);
  }

  return {
    byBoth: async (query: string, variables: Record<string, unknown> = {}) => [
      JSON.parse(await ask(jit, query, variables)),
      JSON.parse(await ask(graphqlJs, query, variables)),
    ],
    compiled: () => compiled.length,
    stop: () => Promise.all([jit.stop(), graphqlJs.stop()]),
  };
}

test.each([
  ['data', '{ crates { id tax } }'],
  ['a failure that is masked', '{ plain crates { id } }'],
  ['failures that are told', '{ missing limit }'],
  ['an error with a code and with more', '{ coded }'],
  ['an error with an HTTP head, or something like it', '{ headed beheaded }'],
  ['what is thrown and no error', '{ text }'],
  ['what cannot be serialized', '{ weight }'],
  ['a lost parent', '{ maybe { id } }'],
  ['a lost operation', '{ sealed plain }'],
  ['a denial', '{ plain: crates { seal } }'],
  ['a denial that loses the operation', '{ secret plain }'],
  ['denials that drop items', '{ crates { id price seal } plain }'],
  ['denials that fail the operation', '{ crates { id notes } plain }'],
  ['a null argument that may not be null', 'query ($first: Int) { crates(first: $first) { id } }', { first: null }],
  ['the type of a field', '{ __typename crates { __typename } }'],
])('a compiled query answers as Apollo Server does with graphql-js: %s', async (_name, query, variables?: object) => {
  const servers = await startServers();
  try {
    const [got, expected] = await servers.byBoth(query, { ...variables });
    expect(got).toEqual(expected);
    expect(servers.compiled()).toBe(1);
  } finally {
    await servers.stop();
  }
});
