import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as errors from '../../packages/claimgraph/src/errors.ts';
import { requestErrorCodes } from '../../packages/claimgraph/src/operation/formatError.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** One of each class that has a code. */
const samples: readonly errors.AppError[] = [
  new errors.UnauthenticatedError('missing', ''),
  new errors.InsufficientScopeError(['a']),
  new errors.InsufficientUserAuthenticationError(60),
  new errors.ForbiddenError(''),
  new errors.RefusedArgumentError(new errors.ForbiddenError(''), 'input.price'),
  new errors.ExplainedForbiddenError('', ''),
  new errors.NotFoundError(''),
  new errors.LimitExceededError('', 1),
  new errors.RateLimitedError(''),
  new errors.BadUserInputError({ field: '', expected: '', got: '' }),
  new errors.OperationTooComplexError('depth', 2, 1),
  new errors.ResultTooLargeError(1),
  new errors.OperationTimedOutError(1),
  new errors.OperationCancelledError(''),
  new errors.IntrospectionDisabledError(''),
  new errors.ClaimsUnavailableError(''),
  new errors.AuthenticationUnavailableError(''),
  new errors.DataUnavailableError(''),
  new errors.StoppingError(''),
  new errors.InternalError(''),
];

const abstractClasses: readonly unknown[] = [errors.AppError, errors.UnavailableError, errors.ExecutionStoppedError];

test('every error with a code has a sample here', () => {
  const classes = Object.values(errors).filter(
    (one) => one.prototype instanceof errors.AppError && !abstractClasses.includes(one),
  );
  expect(new Set(samples.map((error) => error.constructor))).toEqual(new Set(classes));
});

test('the page has every code with its status and details, and no other code', () => {
  const own = new Map(samples.map((error) => [error.code, error.httpStatus]));
  // Clients act on the codes of persisted queries, for which Apollo Server answers 200.
  const statusOf = (code: unknown) => (String(code).startsWith('PERSISTED_QUERY') ? 200 : 400);
  const ofRequests = [...requestErrorCodes].map((code) => [code, statusOf(code)] as const);
  const expected = new Map<unknown, number>([...ofRequests, ...own]);
  expect(new Map(rows().flatMap(({ codes, status }) => codes.map((code) => [code, status])))).toEqual(expected);
  for (const { code, details, retryAfterSeconds, challenge } of samples) {
    const shown = rows().find(({ codes }) => codes.includes(code))?.shown ?? '';
    for (const name of Object.keys(details ?? {})) expect(shown).toContain(`\`${name}`);
    expect([code, shown.includes('Retry-After')]).toEqual([code, retryAfterSeconds !== undefined]);
    expect([code, shown.includes('WWW-Authenticate')]).toEqual([code, challenge !== undefined]);
  }
});

function rows() {
  const lines = page.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [codes = '', , status, shown = ''] = line.slice(1, -1).split('|');
    return { codes: [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => code), status: Number(status), shown };
  });
}
