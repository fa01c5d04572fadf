import { describe, expect, test } from 'vitest';
import { InternalError, UnauthenticatedError } from '../../src/errors.ts';
import { createPrincipal, findPrincipalProblem, type PrincipalInput } from '../../src/token/createPrincipal.ts';
import { captureError } from './captureError.ts';

const user: PrincipalInput = {
  kind: 'user',
  issuer: 'https://id.example.com/',
  subject: 'ada',
  clientId: 'spa',
  scopes: 'library/read  library/buy',
  authTime: 1_800_000_000,
  issuedAt: 1_800_000_060,
  expiresAt: 1_800_003_660,
};
const { subject: _, authTime: __, ...machine } = { ...user, kind: 'machine' as const, clientId: 'job' };

describe('createPrincipal', () => {
  test('makes a user', () => {
    expect(createPrincipal({ ...user, originTokenId: 'session-1', tenant: 'north' })).toEqual({
      ...user,
      scopes: new Set(['library/read', 'library/buy']),
      originTokenId: 'session-1',
      tenant: 'north',
    });
  });

  test('makes a machine, whose subject is its client id', () => {
    const expected = { ...machine, subject: 'job', scopes: new Set(['library/read', 'library/buy']) };
    expect(createPrincipal(machine)).toEqual(expected);
    expect(createPrincipal({ ...machine, subject: 'job' })).toEqual(expected);
  });

  test.each<readonly [string, unknown, readonly string[]]>([
    ['none', undefined, []],
    ['an array', ['a', 'b'], ['a', 'b']],
    ['a Set', new Set(['a']), ['a']],
  ])('takes scopes as %s', (_what, scopes, expected) => {
    expect([...createPrincipal({ ...user, scopes }).scopes]).toEqual(expected);
  });

  test.each<readonly [string, object]>([
    ['no subject', { subject: undefined }],
    ['an empty subject', { subject: '' }],
    ['a subject of another type', { subject: ['ada'] }],
    ['a subject with a control character', { subject: 'ada\n' }],
    ['no client', { clientId: undefined }],
    ['no issuer', { issuer: undefined }],
    ['an issuer with a space', { issuer: 'https://a b' }],
    ['no sign-in time', { authTime: undefined }],
    ['a time of another type', { expiresAt: '1800003660' }],
    ['half a second', { issuedAt: 1_800_000_000.5 }],
    ['NaN', { expiresAt: Number.NaN }],
    ['scopes of another type', { scopes: { a: true } }],
    ['scopes with a space', { scopes: ['a b'] }],
    ['null for scopes', { scopes: null }],
    ['a tenant with a space', { tenant: 'a b' }],
    ['a machine’s subject that is not its client', { kind: 'machine', subject: 'ada' }],
  ])('refuses %s as a token that is not accepted', async (_what, change) => {
    expect(await captureError(() => createPrincipal({ ...user, ...change }))).toBeInstanceOf(UnauthenticatedError);
  });

  test('takes no word for the kind but user and machine', async () => {
    const error = await captureError(() => createPrincipal({ ...user, kind: 'anonymous' as 'user' }));
    expect(error).toBeInstanceOf(InternalError);
  });
});

describe('findPrincipalProblem', () => {
  test('finds none with what createPrincipal makes', () => {
    expect(findPrincipalProblem(createPrincipal(user))).toBeUndefined();
    expect(findPrincipalProblem(createPrincipal(machine))).toBeUndefined();
  });

  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['the claims of a token', { iss: 'https://id.example.com/', sub: 'ada', scope: 'library/read' }],
    ['nobody', { kind: 'anonymous', scopes: new Set() }],
    ['no subject', { ...createPrincipal(user), subject: '' }],
    ['an issuer with a space', { ...createPrincipal(user), issuer: 'a b' }],
    ['an array of scopes', { ...createPrincipal(user), scopes: ['library/read'] }],
    ['a user without a sign-in time', { ...createPrincipal(user), authTime: undefined }],
    ['a time that is none', { ...createPrincipal(machine), expiresAt: Number.NaN }],
    ['a tenant with a space', { ...createPrincipal(user), tenant: 'a b' }],
  ])('finds one with %s', (_what, value) => {
    expect(findPrincipalProblem(value)).toBeTypeOf('string');
  });
});
