import { describe, expect, test } from 'vitest';
import { BadUserInputError, UnauthenticatedError } from '../../src/errors.ts';
import { readBearerToken } from '../../src/token/bearerToken.ts';
import { captureError } from './captureError.ts';

const secret = 'c2VjcmV0.dG9rZW4.abc';
const longest = 'a'.repeat(24_576);

describe('readBearerToken', () => {
  test('a request without the header has no token', () => {
    expect(readBearerToken([])).toBeUndefined();
  });

  test.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    // RFC 6750 section 2.1 allows more than one space after the scheme.
    ['Bearer  abc', 'abc'],
    ['Bearer aZ09-._~+/==', 'aZ09-._~+/=='],
    [`Bearer ${longest}`, longest],
  ])('reads the token of %j', (header, token) => {
    expect(readBearerToken([header])).toBe(token);
  });

  test.each([
    ['nothing', ''],
    ['the scheme alone', 'Bearer'],
    ['an empty token', 'Bearer '],
    ['no scheme', secret],
    ['another scheme', `Basic ${secret}`],
    ['a scheme that begins like Bearer', `Bearers ${secret}`],
    ['two tokens by a space', `Bearer ${secret} ${secret}`],
    ['two tokens by a comma', `Bearer ${secret},${secret}`],
    ['a parameter', `Bearer token=${secret}`],
    ['quotes', `Bearer "${secret}"`],
    ['padding inside', `Bearer ${secret}==${secret}`],
    ['a tab after the scheme', `Bearer\t${secret}`],
    ['a line feed at the end', `Bearer ${secret}\n`],
    ['a character beyond ASCII', `Bearer ${secret}é`],
    ['one character too many', `Bearer ${longest}a`],
    ['a megabyte', `Bearer ${'a'.repeat(1_000_000)}`],
  ])('refuses %s, without quoting it', async (_, header) => {
    const error = await captureError(() => readBearerToken([header]));

    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({ reason: 'invalid' });
    for (const part of [secret, ...secret.split('.'), 'aaaa']) expect(String(error)).not.toContain(part);
  });

  test.each([[[`Bearer ${secret}`, `Bearer ${secret}`]], [['Bearer a', 'Basic b', '']], [['', '']]])(
    'refuses the request that has several headers (%#)',
    async (headers) => {
      const error = await captureError(() => readBearerToken(headers));

      expect(error).toBeInstanceOf(BadUserInputError);
      expect(error).toMatchObject({
        details: { field: 'Authorization header', expected: 'at most one', got: String(headers.length) },
      });
      expect(String(error)).not.toContain(secret);
    },
  );
});
