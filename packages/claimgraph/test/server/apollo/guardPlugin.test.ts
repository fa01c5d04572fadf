import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import type { GuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { createAuthorization } from '../../../src/operation/authorization.ts';
import { createDecisionRecorder, type DecisionRecorder } from '../../../src/operation/decisionRecorder.ts';
import {
  allOf,
  anyOf,
  denyMode,
  publicField,
  requireClaims,
  requireRow,
  requireScope,
} from '../../../src/rules/index.ts';
import { createApolloServer } from '../../../src/server/apollo/apolloServer.ts';
import type { Principal } from '../../../src/token/principal.ts';
import { clerk, type SettledClaims, type StaffClaims, userWith } from '../../support/callers.ts';
import { guard } from '../../support/guardedExecution.ts';

const canRead = requireScope('depot/read');
const canAudit = requireScope('depot/audit');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (crate: { readonly region: string }, { region }: StaffClaims) => crate.region === region,
);

const typeDefs = /* GraphQL */ `
  input Filter { and: [Filter!] }
  type Query { open(filter: Filter, first: Int): String crates: [Crate!] audit: String secret: String }
  type Mutation { audit: String rename: String }
  type Crate { id: ID! trail: String label: String }
`;
const permissions = {
  Query: { open: publicField('is a test'), crates: canRead, audit: allOf(canRead, canAudit), secret: isManager },
  Mutation: { audit: canAudit, rename: canRead },
  Crate: {
    id: canRead,
    trail: denyMode('failOperation', anyOf(isOfTheirRegion, canAudit)),
    label: denyMode('dropItem', isOfTheirRegion),
  },
};

const depot = guard(typeDefs, permissions, {
  Query: { open: () => 'open', crates: () => ['north', 'south'].map((region, id) => ({ id, region, trail: 'ink' })) },
  Mutation: { rename: () => 'renamed' },
});

interface Asking {
  readonly principal: Principal;
  readonly claims?: SettledClaims;
  readonly variables?: object;
  readonly guarded?: GuardedSchema;
  readonly executor?: 'jit' | 'graphql-js';
  readonly recorder?: DecisionRecorder;
}

/** In process, with graphql-js unless another executor is named: what leaves the server, and what its log says of refusals. */
async function ask(query: string, asking: Asking) {
  const log: { readonly refusals?: unknown }[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const { guarded = depot, executor = 'graphql-js', recorder } = asking;
  const logger = pino({ level: 'info' }, lines);
  const server = createApolloServer(guarded, {
    introspection: 'off',
    logger,
    executor,
    compiling: { compileAfter: 0 },
  });
  await server.start();
  try {
    const authorization = createAuthorization(asking.principal, async () => asking.claims ?? clerk);
    if (recorder) authorization.record(recorder);
    const contextValue = { requestId: 'request', authorization };
    const variables = { ...asking.variables };
    const { body, http } = await server.executeOperation({ query, variables }, { contextValue });
    if (body.kind !== 'single') throw new TypeError('expected one result');
    const { data, errors = [] } = body.singleResult;
    return {
      status: http.status,
      challenge: http.headers.get('www-authenticate'),
      data: data === undefined ? undefined : (JSON.parse(JSON.stringify(data)) as unknown),
      errors: errors.map(({ path, message, extensions }) => ({ path: path?.join('.'), message, ...extensions })),
      refusals: log.flatMap(({ refusals }) => refusals ?? []),
    };
  } finally {
    await server.stop();
  }
}

const insufficient = (scopes: string) =>
  expect.stringMatching(new RegExp(`^Bearer realm="claimgraph", error="insufficient_scope", .*scope="${scopes}"$`));

describe('an operation of which nothing may run', () => {
  test('asks for the scopes of all refusals, each once', async () => {
    const query = '{ crates { id } more: crates { id } audit }';
    const mutation = 'mutation { rename audit }';
    expect(await ask(query, { principal: userWith('depot/audit') })).toMatchObject({
      status: 403,
      challenge: insufficient('depot/read'),
    });
    expect(await ask(mutation, { principal: userWith() })).toMatchObject({
      status: 403,
      challenge: insufficient('depot/read depot/audit'),
    });
  });

  test('is in the log with every field that was refused', async () => {
    const { data, errors, refusals } = await ask('{ audit secret }', { principal: userWith('depot/read') });
    expect(data).toBeUndefined();
    expect(errors).toEqual([
      {
        path: 'audit',
        message: expect.any(String),
        code: 'INSUFFICIENT_SCOPE',
        requiredScopes: ['depot/audit'],
      },
      { path: 'secret', message: expect.any(String), code: 'FORBIDDEN' },
    ]);
    expect(refusals).toEqual([
      { coordinate: 'Query.audit', code: 'INSUFFICIENT_SCOPE', rule: 'has scope depot/audit', count: 1 },
      { coordinate: 'Query.secret', code: 'FORBIDDEN', rule: 'is a manager', count: 1 },
    ]);
  });
});

test('an operation that fails at a row has the challenge of what it lacks', async () => {
  const principal = userWith('depot/read');
  expect(await ask('{ open crates { id trail } }', { principal })).toEqual({
    status: 403,
    challenge: insufficient('depot/audit'),
    data: undefined,
    errors: [
      {
        path: 'crates.1.trail',
        message: expect.any(String),
        code: 'INSUFFICIENT_SCOPE',
        requiredScopes: ['depot/audit'],
      },
    ],
    refusals: [
      { coordinate: 'Crate.trail', code: 'INSUFFICIENT_SCOPE', rule: expect.stringContaining('depot/audit'), count: 1 },
    ],
  });
});

test('an operation that loses items at rows is answered with 200', async () => {
  const principal = userWith('depot/read');
  expect(await ask('{ crates { id label } }', { principal })).toMatchObject({
    status: undefined,
    challenge: undefined,
    data: { crates: [{ id: '0' }] },
    errors: [],
  });
});

test('a compiled operation is executed once, and one that is recorded is left to the guards', async () => {
  const calls: string[] = [];
  const guarded = guard(
    'type Query { crate: String }',
    { Query: { crate: canRead } },
    {
      Query: {
        crate: () => {
          calls.push('crate');
          return 'c-1';
        },
      },
    },
  );
  const principal = userWith('depot/read');
  const recorder = createDecisionRecorder();
  for (const asked of [{}, { recorder }]) {
    expect(await ask('{ crate }', { principal, guarded, executor: 'jit', ...asked })).toMatchObject({
      data: { crate: 'c-1' },
    });
  }
  expect(calls).toEqual(['crate', 'crate']);
  expect(recorder.executed()).toMatchObject([{ coordinate: 'Query.crate', verdicts: { allowed: 1 } }]);
});

test('faulty variables are told by what is wrong with them', async () => {
  const told = async (query: string, variables: object) => {
    const { status, errors } = await ask(query, { principal: userWith(), variables });
    return [status, errors.map(({ code, field, message }: Record<string, unknown>) => [code, field ?? message])];
  };
  const nested = JSON.parse(`${'{"and":['.repeat(15_000)}{}${']}'.repeat(15_000)}`);
  expect(await told('query ($first: Int) { open(first: $first) }', { first: 'many' })).toEqual([
    400,
    [['BAD_USER_INPUT', expect.stringContaining('$first')]],
  ]);
  expect(await told('query ($filter: Filter) { open(filter: $filter) }', { filter: nested })).toEqual([
    400,
    [['BAD_USER_INPUT', 'variables']],
  ]);
});

test('what the schema has no root type for is refused, and told what it has', async () => {
  const withoutMutations = guard('type Query { open: String }', { Query: { open: publicField('is a test') } });
  const refusal = (expected: string, got: string) => ({
    status: 400,
    errors: [{ code: 'BAD_USER_INPUT', field: 'operation', expected, got }],
  });
  const principal = userWith();
  expect(await ask('mutation { open }', { principal, guarded: withoutMutations })).toMatchObject(
    refusal('query', 'mutation'),
  );
  expect(await ask('subscription { open }', { principal })).toMatchObject(refusal('query or mutation', 'subscription'));
});

test('a schema with a field whose guard was taken off is not served', async () => {
  const guarded = guard(typeDefs, permissions);
  const audit = guarded.schema.getQueryType()?.getFields().audit;
  if (!audit) throw new TypeError('expected the field Query.audit');
  audit.resolve = () => 'unguarded';
  const server = createApolloServer(guarded, { introspection: 'off', logger: pino({ level: 'silent' }) });
  await expect(server.start()).rejects.toThrow(ConfigurationError);
});
