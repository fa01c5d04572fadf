import { buildSchema, execute, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { createGuard, type GuardOptions } from '../../src/guard/createGuard.ts';
import { publicField } from '../../src/rules/index.ts';
import { anonymous } from '../../src/token/principal.ts';
import { userWith } from '../support/callers.ts';
import { guardParcels } from './parcels.ts';

const clerk = { role: 'clerk', region: 'north' };

async function begin(query: string, options: Partial<GuardOptions> = {}) {
  const guard = guardParcels(options);
  const session = guard.session({ principal: userWith('parcels/read'), claims: () => clerk });
  const document = parse(query);
  return { guard, session, document, start: await session.begin({ document }) };
}

async function codeOf(query: string, options: Partial<GuardOptions> = {}) {
  const { start } = await begin(query, options);
  return start.refused ? [start.response.status, start.response.body.errors[0]?.extensions?.code] : 'may start';
}

const aliases = Array.from({ length: 2_001 }, (_, index) => `a${index}: id`).join(' ');

describe('the size of an operation', () => {
  test.each([
    ['many fields', `{ parcels { ${aliases} } }`, {}],
    ['a few more than the host allows', '{ parcels { id region } }', { maxFields: 2 }],
    ['tokens', '{ parcels { id region } }', { maxDocumentTokens: 6 }],
    ['depth', '{ parcels { next { next { id } } } }', { maxDepth: 3 }],
    ['mutations', 'mutation { a: send b: send }', { maxMutationRootFields: 1 }],
  ])('is limited, though the host has no limits: %s', async (_name, query, limits) => {
    expect(await codeOf(query, { limits })).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  test('is as by default where a limit is undefined', async () => {
    const limits = { maxFields: undefined } as never;
    expect(await codeOf(`{ parcels { ${aliases} } }`, { limits })).toEqual([400, 'OPERATION_TOO_COMPLEX']);
    expect(await codeOf('{ parcels { id } }', { limits })).toBe('may start');
  });

  test.each([
    ['no number', { maxFields: '20' }],
    ['NaN', { maxDepth: Number.NaN }],
    ['nothing', { maxRootFields: 0 }],
    ['no end', { maxFields: Number.POSITIVE_INFINITY }],
    ['a misspelt limit', { maxfields: 20 }],
  ])('that is limited by %s stops the start', (_name, limits) => {
    expect(() => guardParcels({ limits: limits as never })).toThrow(ConfigurationError);
  });
});

describe('a variable that does not fit', () => {
  const schema = buildSchema(
    'enum Size { SMALL } input Box { weight: Int } type Query { box(size: Size, box: Box): Int }',
  );
  const permissions = { Query: { box: publicField('is empty') } };
  const query = 'query ($size: Size, $box: Box) { box(size: $size, box: $box) }';
  const messageOf = async (introspection: GuardOptions['introspection'], variableValues: object) => {
    const session = createGuard({ schema, permissions, introspection }).session({ principal: anonymous });
    const start = await session.begin({ document: parse(query), variableValues: { ...variableValues } });
    if (!start.refused) throw new TypeError('expected a refusal');
    expect([start.response.status, start.response.body.errors[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
    return start.response.body.errors[0]?.message;
  };

  test.each([
    ['SMALL', { size: 'SMAL' }],
    ['weight', { box: { wieght: 1 } }],
  ])('suggests %s only where the schema is the host’s to show', async (name, variables) => {
    expect(await messageOf('host', variables)).toContain(name);
    expect(await messageOf('by-caller', variables)).not.toContain(name);
    expect(await messageOf('off', variables)).not.toContain(name);
  });
});

describe('introspection', () => {
  const document = '{ motto __schema { types { name fields { name } } } }';

  test('is the host’s to allow unless said otherwise', async () => {
    expect(await codeOf(document)).toBe('may start');
  });

  test.each([
    ['at the root', document],
    ['under an alias', '{ a: __type(name: "Query") { name } }'],
    ['in a fragment', '{ ...F } fragment F on Query { __schema { description } }'],
    ['under a condition', 'query ($no: Boolean = false) { motto __schema @include(if: $no) { description } }'],
  ])('is refused when it is off, %s', async (_name, query) => {
    expect(await codeOf(query, { introspection: 'off' })).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(await codeOf('{ __typename motto }', { introspection: 'off' })).toBe('may start');
  });

  test('shows a caller what they can reach when it is by caller, and nobody without a session', async () => {
    const { guard, session, document: parsed } = await begin(document, { introspection: 'by-caller' });
    const { schema } = guard;
    const seen = JSON.stringify(await execute({ schema, document: parsed, contextValue: session.context() }));
    expect(seen).toContain('contents');
    expect(seen).not.toMatch(/audit|burn|arrived/);
    const { data, errors } = await execute({ schema, document: parse('{ __type(name: "Parcel") { name } }') });
    expect({ data, errors }).toMatchObject({
      data: { __type: null },
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });

  test('takes no other word', () => {
    expect(() => guardParcels({ introspection: 'no' as never })).toThrow(ConfigurationError);
  });
});

test('what comes in parts is refused: nothing could be taken back by a deny mode', async () => {
  expect(await codeOf('{ parcels { ... @defer { id } } }')).toEqual([400, 'BAD_USER_INPUT']);
  expect(await codeOf('{ parcels @stream { id } }')).toEqual([400, 'BAD_USER_INPUT']);
});

test('arguments of fragments are refused: no plan knows what they leave out', async () => {
  const parsed = parse('mutation { ...Burns } fragment Burns on Mutation { burn }');
  const [operation] = parsed.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('expected an operation first');
  const [spread] = operation.selectionSet.selections;
  // As graphql-js 17 parses `...Burns(yes: true)` when it is told to; test/adopters has it do so.
  Object.assign(spread ?? {}, { arguments: [{ kind: Kind.ARGUMENT }] });
  const session = guardParcels().session({ principal: userWith('parcels/read'), claims: () => null });
  expect(await session.begin({ document: parsed })).toMatchObject({
    refused: true,
    response: { status: 400, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } },
  });
});
