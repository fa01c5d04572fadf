import { describe, expect, test } from 'vitest';
import { UnauthenticatedError } from '../../src/errors.ts';
import { maxTokenLength, parseUnverifiedToken } from '../../src/token/unverifiedToken.ts';
import { captureError } from './captureError.ts';

const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url');
const goodHeader = { alg: 'RS256', kid: 'key-1' };
const goodPayload = { iss: 'https://pool.example.com' };

function makeToken(header: object | string | Buffer, payload: object | string | Buffer = goodPayload): string {
  const [first, second] = [header, payload].map((part) =>
    encode(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part)),
  );
  return `${first}.${second}.AAAA`;
}

describe('parseUnverifiedToken', () => {
  test.each<[string, string]>([
    ['a Cognito header', makeToken(goodHeader)],
    ['typ JWT', makeToken({ ...goodHeader, typ: 'JWT' })],
    ['typ at+jwt in another case', makeToken({ ...goodHeader, typ: 'AT+JWT' })],
    ['a header parameter that means nothing here', makeToken({ ...goodHeader, x5t: 'thumb', toString: 1 })],
    ['brackets in a string', makeToken(goodHeader, { ...goodPayload, text: '[{'.repeat(500) })],
    ['brackets after an escaped quote', makeToken(goodHeader, { ...goodPayload, text: `"${'[{'.repeat(500)}` })],
    ['brackets that close', makeToken(goodHeader, { ...goodPayload, list: Array.from({ length: 500 }, () => [{}]) })],
    ['16 levels', makeToken(goodHeader, `{"iss":"https://pool.example.com","a":${'['.repeat(15)}${']'.repeat(15)}}`)],
    ['__proto__', makeToken('{"alg":"RS256","kid":"key-1","__proto__":{"crit":[]}}')],
  ])('reads key and issuer of a token with %s', (_, token) => {
    const { keyId, issuer } = parseUnverifiedToken(token);
    expect({ keyId, issuer }).toEqual({ keyId: 'key-1', issuer: 'https://pool.example.com' });
  });

  test.each([
    [undefined, 'absent'],
    ['JWT', 'JWT'],
    ['jwt', 'JWT'],
    ['at+jwt', 'at+jwt'],
    ['application/AT+JWT', 'at+jwt'],
  ])('reads a header whose typ is %s', (typ, headerType) => {
    expect(parseUnverifiedToken(makeToken({ ...goodHeader, typ })).headerType).toBe(headerType);
  });

  test('leaves the issuer to be judged by its caller', () => {
    expect(parseUnverifiedToken(makeToken(goodHeader, { iss: ['x'] })).issuer).toEqual(['x']);
    expect(parseUnverifiedToken(makeToken(goodHeader, {})).issuer).toBeUndefined();
    expect(parseUnverifiedToken(makeToken(goodHeader, '{"__proto__":{"iss":"x"}}')).issuer).toBeUndefined();
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['one segment', 'AAAA'],
    ['two segments', makeToken(goodHeader).split('.').slice(0, 2).join('.')],
    ['four segments', `${makeToken(goodHeader)}.AAAA`],
    ['no signature', makeToken(goodHeader).slice(0, -4)],
    ['padding', `${makeToken(goodHeader)}=`],
    ['a signature in standard base64', makeToken(goodHeader).replace(/AAAA$/, 'AA+/')],
    ['a signature with unused bits set', makeToken(goodHeader).replace(/AAAA$/, 'AB')],
    ['a header that is not JSON', makeToken('{alg:"RS256"}')],
    ['a header that is not UTF-8', makeToken(Buffer.from([0x22, 0xff, 0x22]))],
    ['a byte order mark', makeToken(`\ufeff${JSON.stringify(goodHeader)}`)],
    ['a payload that is not UTF-8', makeToken(goodHeader, Buffer.from('{"iss":"\xff"}', 'latin1'))],
    ['a payload that is an array', makeToken(goodHeader, [])],
    ['a payload that is a string', makeToken(goodHeader, '"text"')],
    ['17 levels', makeToken(goodHeader, `{"a":${'['.repeat(16)}${']'.repeat(16)}}`)],
    ['17 levels after an escaped backslash', makeToken(goodHeader, `{"a\\\\":${'['.repeat(16)}${']'.repeat(16)}}`)],
    ['alg none', makeToken({ ...goodHeader, alg: 'none' })],
    ['alg RS512', makeToken({ ...goodHeader, alg: 'RS512' })],
    ['alg rs256', makeToken({ ...goodHeader, alg: 'rs256' })],
    ['no alg', makeToken({ kid: 'key-1' })],
    ['alg an array', makeToken({ ...goodHeader, alg: ['RS256'] })],
    ['another typ', makeToken({ ...goodHeader, typ: 'dpop+jwt' })],
    ['typ null', makeToken({ ...goodHeader, typ: null })],
    ...['jwk', 'jku', 'x5u', 'x5c', 'crit'].map((name): [string, string] => [
      name,
      makeToken({ ...goodHeader, [name]: null }),
    ]),
    ['no kid', makeToken({ alg: 'RS256' })],
    ['an empty kid', makeToken({ ...goodHeader, kid: '' })],
    ['a kid of 129 characters', makeToken({ ...goodHeader, kid: 'k'.repeat(129) })],
    ['a kid with a dot', makeToken({ ...goodHeader, kid: '../key' })],
    ['a kid with a line feed at its end', makeToken({ ...goodHeader, kid: 'key\n' })],
    ['a character too many', makeToken(goodHeader) + 'A'.repeat(maxTokenLength)],
  ])('refuses a token with %s, without quoting it', async (_, token) => {
    const error = await captureError(() => parseUnverifiedToken(token));

    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({ reason: 'invalid' });
    // A message of JSON.parse would quote the token.
    expect(error).not.toHaveProperty('cause');
    for (const secret of [...token.split('.').filter((part) => part.length > 4), 'key-1', 'pool.example.com']) {
      expect(String(error)).not.toContain(secret);
    }
  });
});
