import { buildSchema, execute, GraphQLError, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import {
  AppError,
  AuthenticationUnavailableError,
  BadUserInputError,
  ClaimsUnavailableError,
  ConfigurationError,
  DataUnavailableError,
  ForbiddenError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  InternalError,
  LimitExceededError,
  NotFoundError,
  OperationTooComplexError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { createFormatError, type FormatErrorOptions } from '../../src/operation/formatError.ts';
import { ourFault } from '../../src/operation/guardError.ts';

// In every message that is for the log only; must never be met in what a client reads.
const secret = 'com_q4711 of tenant 12';

/** An error of an application's own. */
class QuotaUsedUpError extends AppError {
  readonly code = 'QUOTA_USED_UP';
  readonly httpStatus = 429;
  readonly clientMessage = 'Your quota is used up.';

  constructor(resetsAt: string) {
    // A head among the details would set the status of the whole response, and a code would contradict the class.
    super(secret, { details: { resetsAt, code: 'FORBIDDEN', http: { status: 418 }, stacktrace: [secret] } });
  }
}

/** Formats as Apollo Server has it done: given the error as it would go out, and the error itself. */
function format(error: unknown, code?: string, options?: FormatErrorOptions) {
  const reported: (readonly [string, unknown])[] = [];
  const formatError = createFormatError((errorId, cause) => reported.push([errorId, cause]), options);
  const outgoing = error instanceof GraphQLError ? error.toJSON() : { message: String(error) };
  const extensions = { ...outgoing.extensions, code: code ?? outgoing.extensions?.code ?? 'INTERNAL_SERVER_ERROR' };
  const shown = formatError({ ...outgoing, extensions }, error);
  return { shown, reported };
}

/** As a resolver's or a guard's error reaches the formatter. */
function located(originalError: Error, extensions?: Record<string, unknown>): GraphQLError {
  return new GraphQLError(originalError.message, {
    originalError,
    path: ['company', 0, 'notes'],
    ...(extensions && { extensions }),
  });
}

describe('an error of ours is shown by its code and details alone', () => {
  const table: readonly (readonly [AppError, extensions: object, told?: string])[] = [
    [new UnauthenticatedError('missing', secret), { code: 'UNAUTHENTICATED', reason: 'missing' }],
    [new UnauthenticatedError('expired', secret), { code: 'UNAUTHENTICATED', reason: 'expired' }],
    [new UnauthenticatedError('invalid', secret), { code: 'UNAUTHENTICATED', reason: 'invalid' }],
    [
      new UnauthenticatedError('invalid', secret, { hint: 'it is an ID token', cause: new Error(secret) }),
      { code: 'UNAUTHENTICATED', reason: 'invalid' },
      'it is an ID token',
    ],
    [
      new InsufficientScopeError(['parcels/read', 'parcels/send']),
      { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['parcels/read', 'parcels/send'] },
      'parcels/read parcels/send',
    ],
    [
      new InsufficientUserAuthenticationError(300),
      { code: 'INSUFFICIENT_USER_AUTHENTICATION', maxAgeSeconds: 300 },
      '300',
    ],
    [new ForbiddenError(secret), { code: 'FORBIDDEN' }],
    [new NotFoundError(secret), { code: 'NOT_FOUND' }],
    [new LimitExceededError(secret, 25_000), { code: 'LIMIT_EXCEEDED', limit: 25_000 }, '25000'],
    [
      new BadUserInputError({ field: 'first', expected: '0 to 100', got: '101' }),
      { code: 'BAD_USER_INPUT', field: 'first', expected: '0 to 100', got: '101' },
      'first: expected 0 to 100; got 101',
    ],
    ...(['fields', 'rootFields', 'depth'] as const).map(
      (counted) =>
        [
          new OperationTooComplexError(counted, 21, 20),
          { code: 'OPERATION_TOO_COMPLEX', limit: 20, cost: 21, counted },
          '21',
        ] as const,
    ),
    [
      new ClaimsUnavailableError(secret, { cause: new Error(secret), retryAfterSeconds: 7 }),
      { code: 'CLAIMS_UNAVAILABLE', retryable: true },
    ],
    [
      new AuthenticationUnavailableError(secret, { cause: new Error(secret), retryAfterSeconds: 7 }),
      { code: 'AUTHENTICATION_UNAVAILABLE', retryable: true },
    ],
    [new DataUnavailableError(secret, { cause: new Error(secret) }), { code: 'DATA_UNAVAILABLE', retryable: true }],
    [new QuotaUsedUpError('2026-12-01'), { code: 'QUOTA_USED_UP', resetsAt: '2026-12-01' }],
  ];
  const cases = table.map(([error, extensions, told = '']) => {
    const { code, clientMessage: message = 'none' } = error;
    return [code, message, error, { message, extensions }, told] as const;
  });

  test.each(cases)('%s: %s', (_code, message, error, expected, told) => {
    const { shown, reported } = format(located(error));
    expect(shown).toEqual({ ...expected, path: ['company', 0, 'notes'] });
    expect(reported).toEqual([]);
    expect(message).toContain(told);
    expect(message).not.toContain('q4711');
  });

  test.each(cases)('thrown outside of a field too: %s: %s', (_code, _message, error, expected) => {
    expect(format(error).shown).toEqual(expected);
    expect(format(located(located(error)), 'GRAPHQL_VALIDATION_FAILED').shown).toMatchObject(expected);
  });
});

describe('what is not known is masked, and reported under the id that the client gets', () => {
  const impostor = Object.assign(new Error(secret), { code: 'FORBIDDEN', extensions: { code: 'BAD_USER_INPUT' } });
  const table: readonly (readonly [string, unknown, unknown])[] = [
    ['an internal error', new InternalError(secret), expect.any(InternalError)],
    ['a configuration error', new ConfigurationError(secret), expect.any(ConfigurationError)],
    ['a plain error', new Error(secret), expect.any(Error)],
    ['a TypeError', new TypeError(`cannot read ${secret}`), expect.any(TypeError)],
    ['an error with a code and extensions of its own', impostor, impostor],
    [
      'a GraphQLError with a code nobody knows',
      new GraphQLError(secret, { extensions: { code: 'TEAPOT' } }),
      expect.any(GraphQLError),
    ],
    ['a GraphQLError without a code', new GraphQLError(secret), expect.any(GraphQLError)],
    ['a RangeError outside of the parser', new RangeError(secret), expect.any(RangeError)],
    ['a string that was thrown', secret, secret],
    ['undefined', undefined, undefined],
    ['an object that was thrown', { message: secret }, { message: secret }],
  ];

  test.each(table)('%s', (_name, error, cause) => {
    const { shown, reported } = format(error);
    expect(shown).toEqual({
      message: expect.stringContaining(ourFault),
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(reported).toEqual([[shown.extensions?.errorId, cause]]);
    expect(JSON.stringify(shown)).not.toContain('q4711');
  });

  test('with the place in the answer, and nothing else that came with it', () => {
    const error = located(new Error(secret), { code: 'INTERNAL_SERVER_ERROR', stacktrace: [secret], sql: secret });
    expect(format(error).shown).toEqual({
      message: expect.any(String),
      path: ['company', 0, 'notes'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) },
    });
  });

  test('with another id each time', () => {
    const ids = [1, 2, 3].map(() => format(new Error(secret)).shown.extensions?.errorId);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('what graphql-js and Apollo Server say of the request is passed on', () => {
  const schema = buildSchema('type Query { parcel(id: ID!): String }');

  test('a syntax error', () => {
    const error = faultOf(() => parse('{ parcel('));
    expect(format(error, 'GRAPHQL_PARSE_FAILED')).toEqual({
      shown: {
        message: error.message,
        locations: [{ line: 1, column: 10 }],
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      },
      reported: [],
    });
  });

  test('a validation error', () => {
    const [error] = validate(schema, parse('{ parcle }'));
    expect(format(error, 'GRAPHQL_VALIDATION_FAILED')).toEqual({
      shown: {
        message: error?.message,
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
      reported: [],
    });
  });

  test('a faulty variable', async () => {
    const document = parse('query ($id: ID!) { parcel(id: $id) }');
    const { errors = [] } = await execute({ schema, document, variableValues: { id: { no: 'id' } } });
    expect(format(errors[0], 'BAD_USER_INPUT')).toEqual({
      shown: {
        message: errors[0]?.message,
        locations: [{ line: 1, column: 8 }],
        extensions: { code: 'BAD_USER_INPUT' },
      },
      reported: [],
    });
  });

  test.each(['OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST'])('an error with the code %s', (code) => {
    const error = new GraphQLError('Unknown operation named "A".', { extensions: { code, http: { status: 400 } } });
    expect(format(error)).toEqual({
      shown: { message: 'Unknown operation named "A".', extensions: { code } },
      reported: [],
    });
  });

  test('but not under such a code what a scalar says of a value, or a resolver of its work', () => {
    const error = new GraphQLError(`Int cannot represent ${secret}`, { path: ['count'] });
    expect(JSON.stringify(format(error).shown)).not.toContain('q4711');
    const thrown = located(new Error(secret), { code: 'BAD_USER_INPUT' });
    expect(JSON.stringify(format(thrown, 'BAD_USER_INPUT').shown)).not.toContain('q4711');
  });
});

test('what was thrown is reported, below all that was put around it', () => {
  const thrown = new Error(secret);
  expect(format(located(located(thrown))).reported).toEqual([[expect.any(String), thrown]]);
});

describe('a GraphQLError of a resolver with a code of its own', () => {
  class OutOfStock extends GraphQLError {}
  const extensions = { code: 'OUT_OF_STOCK', left: 2, http: { status: 418 }, stacktrace: [secret] };
  const thrown = new OutOfStock('Only 2 are left.', { extensions, originalError: new Error(secret) });
  const shown = {
    message: 'Only 2 are left.',
    path: ['company', 0, 'notes'],
    extensions: { code: 'OUT_OF_STOCK', left: 2 },
  };

  test.each<[string, NonNullable<FormatErrorOptions['exposeErrors']>]>([
    ['its class', (error) => error instanceof OutOfStock],
    ['its code', ({ extensions: { code } }) => code === 'OUT_OF_STOCK'],
  ])('is shown when the hook says so of %s', (_by, exposeErrors) => {
    expect(format(located(thrown), undefined, { exposeErrors })).toEqual({ shown, reported: [] });
  });

  test.each<[string, unknown, FormatErrorOptions]>([
    ['there is no hook', thrown, {}],
    ['the hook says no', thrown, { exposeErrors: () => false }],
    ['the hook is asynchronous, and says yes', thrown, { exposeErrors: (async () => true) as never }],
    ['the hook is asynchronous, and throws', thrown, { exposeErrors: (async () => Promise.reject(secret)) as never }],
    ['the hook says another thing than yes or no', thrown, { exposeErrors: (() => 'no') as never }],
    ['it has no code', new GraphQLError(secret), { exposeErrors: () => true }],
    ['its code is no string', new GraphQLError(secret, { extensions: { code: 7 } }), { exposeErrors: () => true }],
    ['it is no GraphQLError', located(Object.assign(new Error(secret), { extensions })), { exposeErrors: () => true }],
  ])('is masked when %s', (_when, error, options) => {
    const { shown, reported } = format(error, undefined, options);
    expect(shown.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) });
    expect(JSON.stringify(shown)).not.toContain('q4711');
    expect(reported).toHaveLength(1);
  });

  test('an AppError is not asked about: its class has decided', () => {
    const exposeErrors = () => true;
    expect(format(located(new ForbiddenError(secret)), undefined, { exposeErrors }).shown.extensions).toEqual({
      code: 'FORBIDDEN',
    });
    const { extensions } = format(located(new InternalError(secret), { code: 'TEAPOT' }), undefined, {
      exposeErrors,
    }).shown;
    expect(extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) });
  });
});

test('the cause of an AppError stays in the log', () => {
  const { shown } = format(located(new ClaimsUnavailableError('down', { cause: new Error(secret) })));
  expect(JSON.stringify(shown)).not.toContain('q4711');
});

function faultOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new TypeError('expected a failure');
}
