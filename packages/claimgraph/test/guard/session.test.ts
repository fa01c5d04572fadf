import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  parse,
  subscribe,
} from 'graphql';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ClaimsUnavailableError, InternalError, UnauthenticatedError } from '../../src/errors.ts';
import { createGuard, type Guard } from '../../src/guard/createGuard.ts';
import type { RefusedResponse } from '../../src/guard/session.ts';
import { createClaimsWarning } from '../../src/guard/warnings.ts';
import { inGroup, publicField, requireClaims } from '../../src/rules/index.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { userWith } from '../support/callers.ts';
import { nextTurn } from '../support/until.ts';
import { called, createParcelsSchema, guardParcels, permissions } from './parcels.ts';

const reader = userWith('parcels/read');
const clerk = { role: 'clerk', region: 'north' };
const manager = { role: 'manager', region: 'north' };

interface Asking {
  readonly guard?: Guard;
  readonly principal?: Principal;
  readonly claims?: object | null | Error;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

beforeEach(() => {
  called.length = 0;
});

/** What a host does with an operation, and how often it was asked for claims. */
async function ask(
  query: string,
  { guard = guardParcels(), principal = reader, claims = clerk, ...rest }: Asking = {},
) {
  let loads = 0;
  const session = guard.session({
    principal,
    claims: async () => {
      loads += 1;
      if (claims instanceof Error) throw claims;
      return claims;
    },
  });
  const document = parse(query);
  const request = { document, operationName: rest.operationName, variableValues: rest.variables };
  const start = await session.begin(request);
  if (start.refused) return { ...told(start.response), loads, refusals: session.refusals() };
  const result = session.finish(await run(guard, document, session.context({ db: 'mine' }), rest));
  return {
    status: session.httpHead()?.status ?? 200,
    headers: Object.fromEntries(session.httpHead()?.headers ?? []),
    data: plain(result.data),
    errors: (result.errors ?? []).map((error) => shown(error.toJSON())),
    loads,
    refusals: session.refusals(),
  };
}

async function run(
  { schema }: Guard,
  document: DocumentNode,
  contextValue: object,
  { variables, operationName }: Asking,
) {
  return execute({
    schema,
    document,
    contextValue,
    ...(variables && { variableValues: variables }),
    ...(operationName !== undefined && { operationName }),
  });
}

function told({ status, headers, body }: RefusedResponse) {
  return { status, headers, data: undefined, errors: body.errors.map(shown) };
}

function shown({ path, extensions }: GraphQLFormattedError) {
  return path ? `${path.join('.')}: ${extensions?.code}` : `${extensions?.code}`;
}

function plain(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data ?? null));
}

describe('an operation that may start', () => {
  test('is answered, with the fields that are denied null', async () => {
    expect(await ask('{ parcels { id contents } audit motto }')).toEqual({
      status: 200,
      headers: {},
      data: {
        parcels: [
          { id: 'p-0', contents: 'globe p-0' },
          { id: 'p-1', contents: null },
          { id: 'p-2', contents: 'globe p-2' },
        ],
        audit: null,
        motto: 'we carry',
      },
      errors: ['parcels.1.contents: FORBIDDEN', 'audit: FORBIDDEN'],
      loads: 1,
      refusals: [
        { coordinate: 'Parcel.contents', code: 'FORBIDDEN', rule: 'is of their region', count: 1 },
        { coordinate: 'Query.audit', code: 'FORBIDDEN', rule: 'is a manager of the depot', count: 1 },
      ],
    });
    expect(called).not.toContain('Query.audit');
  });

  test.each([
    ['that the token decides', '{ parcels { id region } motto }', reader, 0],
    ['that the token refuses in part', '{ motto audit parcels { contents } }', anonymous, 0],
    ['with two rules that read claims', '{ parcels { contents price } audit }', reader, 1],
    [
      'of interfaces and unions',
      '{ first { ... on Parcel { contents } } found { ... on Parcel { contents } } }',
      reader,
      1,
    ],
  ])('%s has its claims loaded no more often than it must', async (_name, query, principal, loads) => {
    expect((await ask(query, { principal })).loads).toBe(loads);
  });

  test('has items dropped whose fields say so, and errors of the others moved up', async () => {
    const { data, errors, status } = await ask('{ parcels { id price next { id } } }', {
      claims: { role: 'clerk', region: 'south' },
    });
    expect({ data, errors, status }).toEqual({
      data: { parcels: [{ id: 'p-1', price: 9, next: { id: 'p-0' } }] },
      errors: [],
      status: 200,
    });
    const moved = await ask('{ parcels { price contents } }', { claims: { role: 'clerk', region: 'south' } });
    expect(moved).toMatchObject({ data: { parcels: [{ price: 9, contents: 'globe p-1' }] }, errors: [] });
  });

  test('fails as a whole for a row whose field says so', async () => {
    expect(await ask('{ motto parcels { id seal } }')).toMatchObject({
      status: 403,
      data: null,
      errors: ['parcels.1.seal: FORBIDDEN'],
    });
  });

  test('has no record in the store: claims rules deny, and the rest is answered', async () => {
    expect(await ask('{ motto audit parcels { id } }', { claims: null })).toMatchObject({
      data: { motto: 'we carry', audit: null, parcels: [{}, {}, {}] },
      errors: ['audit: FORBIDDEN'],
    });
  });

  test('is answered in part while claims cannot be loaded', async () => {
    expect(
      await ask('{ motto audit parcels { contents } }', { claims: new Error('connect ECONNREFUSED') }),
    ).toMatchObject({
      status: 200,
      data: { motto: 'we carry', audit: null, parcels: [{ contents: null }, { contents: null }, { contents: null }] },
      errors: [
        'audit: CLAIMS_UNAVAILABLE',
        ...[0, 1, 2].map((index) => `parcels.${index}.contents: CLAIMS_UNAVAILABLE`),
      ],
    });
  });
});

test('an operation that an outage leaves nothing of is answered with 503 although it was executed', async () => {
  const answer = await ask('{ first { ... on Parcel { id } } broken }', {});
  expect(answer).toMatchObject({ status: 200, errors: ['broken: CLAIMS_UNAVAILABLE'] });
  expect(await ask('{ broken }')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    data: { broken: null },
  });
});

describe('an operation that may not start', () => {
  test.each<readonly [string, string, Asking, number, object, readonly string[]]>([
    [
      'has a challenge for its scopes',
      '{ parcels { id } }',
      { principal: userWith() },
      403,
      { 'www-authenticate': expect.stringContaining('scope="parcels/read"') },
      ['parcels: INSUFFICIENT_SCOPE'],
    ],
    [
      'is asked to sign in',
      '{ audit }',
      { principal: anonymous },
      401,
      { 'www-authenticate': expect.stringMatching(/^Bearer/) },
      ['audit: UNAUTHENTICATED'],
    ],
    ['is forbidden', '{ audit }', {}, 403, {}, ['audit: FORBIDDEN']],
    [
      'is to be tried again',
      '{ audit mine }',
      { claims: new Error('down') },
      503,
      { 'retry-after': '1' },
      ['audit: CLAIMS_UNAVAILABLE', 'mine: CLAIMS_UNAVAILABLE'],
    ],
    ['is a mutation of which one selection is refused', 'mutation { send burn }', {}, 403, {}, ['burn: FORBIDDEN']],
    [
      'has faulty variables',
      'query ($n: Int) { parcels(first: $n) { id } }',
      { variables: { n: 'many' } },
      400,
      {},
      ['BAD_USER_INPUT'],
    ],
    ['lacks a variable', 'query ($n: Int!) { parcels(first: $n) { id } }', {}, 400, {}, ['BAD_USER_INPUT']],
  ])('%s', async (_name, query, asking, status, headers, errors) => {
    const answer = await ask(query, asking);
    expect(answer).toMatchObject({ status, errors, data: undefined });
    expect(answer.headers).toEqual(headers);
    expect(called).toEqual([]);
  });

  test('is told in its body what each field lacks, and not by which rule', async () => {
    const session = guardParcels().session({ principal: userWith(), claims: () => clerk });
    const start = await session.begin({ document: parse('{ a: parcels { id } audit }') });
    expect(start).toMatchObject({
      refused: true,
      response: {
        body: {
          errors: [
            { path: ['a'], extensions: { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['parcels/read'] } },
            { path: ['audit'], extensions: { code: 'FORBIDDEN' } },
          ],
        },
      },
    });
    expect(JSON.stringify(start)).not.toMatch(/manager/);
  });
});

describe('of a document with several operations', () => {
  const document = 'query A { audit } mutation B { send }';
  test('the named one is begun', async () => {
    expect(await ask(document, { operationName: 'A' })).toMatchObject({ status: 403 });
    expect(await ask(document, { operationName: 'B' })).toMatchObject({ data: { send: 'sent' } });
  });

  test('execution tells that none was named', async () => {
    const { data, errors } = await ask(document);
    expect({ data, errors }).toEqual({ data: null, errors: ['undefined'] });
    expect(called).toEqual([]);
  });
});

describe('an error that a resolver throws', () => {
  test('is told by its code where it is an AppError, and not by what it says to the log', async () => {
    const guard = guardParcels();
    const session = guard.session({ principal: reader, claims: () => clerk });
    const document = parse('{ lost broken }');
    await session.begin({ document });
    const result = session.finish(await execute({ schema: guard.schema, document, contextValue: session.context() }));
    expect(result.errors).toMatchObject([
      { path: ['broken'], extensions: { code: 'CLAIMS_UNAVAILABLE', retryable: true } },
      { path: ['lost'], extensions: { code: 'NOT_FOUND' }, locations: [{ line: 1, column: 3 }] },
    ]);
    expect(JSON.stringify(result)).not.toMatch(/10\.0\.0\.7|table of region/);
  });

  test('is left to the host where it is its own', () => {
    const error = new GraphQLError('teapot', { extensions: { code: 'TEAPOT' } });
    const result: ExecutionResult = { data: {}, errors: [error] };
    const session = guardParcels().session({ principal: reader, claims: () => clerk });
    expect(session.finish(result)).toBe(result);
  });

  test('is reported under the id that the client reads, where a rule threw it', async () => {
    const reported: [string, unknown][] = [];
    const throws = requireClaims('throws', () => {
      throw new Error('a claim of somebody');
    });
    const guard = guardParcels({
      permissions: { ...permissions, Query: { ...permissions.Query, audit: throws } },
      onInternalError: (errorId, error) => reported.push([errorId, error]),
    });
    const session = guard.session({ principal: reader, claims: () => clerk });
    const document = parse('{ motto audit }');
    await session.begin({ document });
    const { errors = [] } = session.finish(
      await execute({ schema: guard.schema, document, contextValue: session.context() }),
    );
    expect(errors[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: reported[0]?.[0] });
    expect(JSON.stringify(errors)).not.toMatch(/claim of somebody|throws/);
    expect(reported).toHaveLength(1);
  });
});

describe('claims that cannot be read', () => {
  const down = () => Promise.reject(new Error('connect ECONNREFUSED'));

  async function ask(guard: Guard) {
    const session = guard.session({ principal: reader, claims: down });
    return session.begin({ document: parse('{ audit }') });
  }

  test('are told to whoever wants to know', async () => {
    const reported: unknown[] = [];
    const guard = guardParcels({ onClaimsUnavailable: (error, group) => reported.push([error, group]) });
    expect(await ask(guard)).toMatchObject({ response: { status: 503 } });
    expect(reported).toEqual([[expect.any(ClaimsUnavailableError), undefined]]);
    expect(reported).toMatchObject([[{ cause: { message: 'connect ECONNREFUSED' } }, undefined]]);
  });

  test('make the process emit a warning otherwise, once for many requests', async () => {
    const guard = createGuard({ schema: createParcelsSchema(), permissions });
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    // Those of other guards are emitted by now.
    await nextTurn();
    process.on('warning', listen);
    try {
      for (let request = 0; request < 5; request += 1) await ask(guard);
      await nextTurn();
    } finally {
      process.off('warning', listen);
    }
    expect(warnings).toMatchObject([{ name: 'ClaimgraphError', code: 'CLAIMS_UNAVAILABLE' }]);
  });

  test('are warned of again a second later, and when the clock was set back', () => {
    let now = 10_000;
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const warn = createClaimsWarning(() => now);
    const counts = [0, 999, 1000, 1999, -5000].map((later) => {
      now = 10_000 + later;
      warn(new ClaimsUnavailableError('down'), 'billing');
      return emit.mock.calls.length;
    });
    emit.mockRestore();
    expect(counts).toEqual([1, 1, 2, 2, 3]);
  });
});

describe('a session', () => {
  test('is of one operation', async () => {
    const session = guardParcels().session({ principal: reader, claims: () => clerk });
    const document = parse('{ motto }');
    expect(await session.begin({ document })).toEqual({ refused: false });
    await expect(session.begin({ document })).rejects.toThrow(InternalError);
  });

  test('gives a copy of the host’s context, of the same class', () => {
    class Context {
      readonly db = 'mine';
      ask() {
        return this.db;
      }
    }
    const own = new Context();
    const session = guardParcels().session({ principal: reader, claims: () => clerk });
    const context = session.context(own);
    expect([context.ask(), context.authorization.principal, context instanceof Context]).toEqual([
      'mine',
      reader,
      true,
    ]);
    expect(own).toEqual(new Context());
    expect(() => session.context({ authorization: 'Bearer …' })).toThrow(TypeError);
  });

  test('has its claims for resolvers, by group as well, each loaded once', async () => {
    const loads: string[] = [];
    const isPaid = inGroup(
      'billing',
      requireClaims('is paid', ({ plan }: { plan: string }) => plan === 'paid'),
    );
    const guard = guardParcels({ permissions: { '*': publicField('a test'), Query: { '*': isPaid } } });
    const session = guard.session<never, { billing: { plan: string } }>({
      principal: reader,
      claimGroups: {
        billing: async (caller) => {
          loads.push(caller.subject);
          return { plan: 'paid' };
        },
      },
    });
    const document = parse('{ motto audit }');
    await session.begin({ document });
    expect(session.authorization.claims('billing')).toMatchObject({ state: 'found', claims: { plan: 'paid' } });
    expect(loads).toEqual([reader.subject]);
  });

  test('freezes what a loader gives, so that no request changes the claims of another', async () => {
    const record = { role: 'clerk', region: 'north' };
    const session = guardParcels().session({ principal: reader, claims: () => record });
    await session.begin({ document: parse('{ audit }') });
    expect(Object.isFrozen(record)).toBe(true);
  });
});

describe('a subscription', () => {
  const document = parse('subscription { arrived { id contents price } }');
  const open = async (claims: object | Error) => {
    const guard = guardParcels();
    const session = guard.session({
      principal: reader,
      claims: async () => {
        if (claims instanceof Error) throw claims;
        return claims;
      },
    });
    return { guard, session, start: await session.begin({ document }) };
  };

  test.each([
    ['whom the claims deny', clerk, 403],
    ['whose claims cannot be loaded', new Error('down'), 503],
  ])('is not begun for a caller %s', async (_name, claims, status) => {
    const { start, guard, session } = await open(claims);
    expect(start).toMatchObject({ refused: true, response: { status } });
    // Nor by a host that goes on all the same.
    const events = await subscribe({ schema: guard.schema, document, contextValue: session.context() });
    expect(Symbol.asyncIterator in events).toBe(false);
    expect(called).toEqual([]);
  });

  test('has each event decided, with its own deny modes', async () => {
    const { start, guard, session } = await open(manager);
    expect(start).toEqual({ refused: false });
    const events = await subscribe({ schema: guard.schema, document, contextValue: session.context() });
    if (!(Symbol.asyncIterator in events)) throw new TypeError('expected a stream of events');
    const seen: unknown[] = [];
    for await (const event of events) {
      const { data, errors = [] } = session.finish(event);
      seen.push([plain(data), errors.map((error) => shown(error.toJSON()))]);
    }
    expect(seen).toEqual([
      [{ arrived: { id: 'p-0', contents: 'globe p-0', price: 9 } }, []],
      [
        { arrived: { id: 'p-1', contents: null, price: null } },
        ['arrived.contents: FORBIDDEN', 'arrived.price: FORBIDDEN'],
      ],
      [{ arrived: { id: 'p-2', contents: 'globe p-2', price: 9 } }, []],
    ]);
  });
});

describe('a guard that answers for a server of one’s own', () => {
  const answer = async (query: string, authorizationHeaders: readonly string[]) => {
    const guard = guardParcels();
    const document = parse(query);
    const callers = {
      claims: () => clerk,
      async verifyToken(token: string) {
        if (token === 'bad') throw new UnauthenticatedError('invalid', 'not ours');
        if (token !== 'good') throw new TypeError('a secret of another library');
        return reader;
      },
    };
    const { status, headers, body } = await guard.answer(callers, { document, authorizationHeaders }, (contextValue) =>
      execute({ schema: guard.schema, document, contextValue }),
    );
    const { data, errors = [] } = JSON.parse(JSON.stringify(body));
    return { status, headers, data, errors: errors.map(shown) };
  };

  test.each<readonly [string, string, readonly string[], object]>([
    ['what may be read', '{ parcels { id } }', ['Bearer good'], { status: 200, errors: [] }],
    ['what is public', '{ motto }', [], { status: 200, data: { motto: 'we carry' } }],
    ['a refusal before execution', '{ audit }', ['Bearer good'], { status: 403, errors: ['audit: FORBIDDEN'] }],
    ['a deny mode', '{ parcels { seal } }', ['bearer good'], { status: 403, errors: ['parcels.1.seal: FORBIDDEN'] }],
    [
      'a bad token',
      '{ motto }',
      ['Bearer bad'],
      {
        status: 401,
        errors: ['UNAUTHENTICATED'],
        headers: { 'www-authenticate': expect.stringContaining('invalid_token') },
      },
    ],
    [
      'an error that says nothing of the token',
      '{ motto }',
      ['Bearer odd'],
      { status: 503, errors: ['AUTHENTICATION_UNAVAILABLE'], headers: { 'retry-after': '1' } },
    ],
    ['no bearer token', '{ motto }', ['Basic Zm9v'], { status: 401, errors: ['UNAUTHENTICATED'] }],
    ['two tokens', '{ motto }', ['Bearer good', 'Bearer good'], { status: 400, errors: ['BAD_USER_INPUT'] }],
  ])('answers %s', async (_name, query, headers, expected) => {
    expect(await answer(query, headers)).toMatchObject(expected);
  });
});
