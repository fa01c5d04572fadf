import { describe, expect, test } from 'vitest';
import { isOriginOf, isRegisteredUri, redirectUriProblem, toFormTarget } from '../../src/config/redirectUri.ts';

describe('an address may be registered:', () => {
  test.each([
    'https://app.example/callback',
    'http://localhost:3000/callback',
    'http://localhost:*/callback',
    'http://127.0.0.1:*/',
    'http://[::1]:*/callback',
    'http://[::1]:3000/callback',
    'com.example.app:/callback',
    'com.example.app://callback',
    'myapp:callback',
    'capacitor://localhost/callback',
  ])('%s', (uri) => {
    expect(redirectUriProblem(uri)).toBeUndefined();
  });

  test.each([
    ['/callback', 'must be an absolute URI'],
    ['http://localhost:3000/call back', 'must be an absolute URI'],
    ['https://*.example/callback', 'must be an absolute URI'],
    ['https://app.example:*/callback', 'must be an absolute URI'],
    ['http://localhost:*', 'must be an absolute URI'],
    ['http://localhost:3000/#', 'must have no fragment'],
    ['javascript:alert(1)', 'must not have the scheme javascript:'],
    ['data:text/html,x', 'must not have the scheme data:'],
    ['http://app.example/callback', 'must be https'],
    ['http://192.0.2.7:3000/callback', 'must be https'],
  ])('not %s', (uri, problem) => {
    expect(redirectUriProblem(uri)).toContain(problem);
  });
});

test.each([
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:1/callback', true],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:65535/callback', true],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:65536/callback', false],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:01/callback', false],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1/callback', false],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:*/callback', false],
  ['http://127.0.0.1:*/callback', 'http://localhost:3000/callback', false],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:3000/callback?a=b', false],
  ['http://127.0.0.1:*/callback', 'http://127.0.0.1:80@evil.example:80/callback', false],
  ['http://[::1]:*/callback', 'http://[::1]:3000/callback', true],
  ['http://localhost:*/', 'http://localhost:3000/', true],
  ['http://localhost:3000/', 'http://localhost:3001/', false],
])('registered %s and asked for %s: %s', (registered, requested, expected) => {
  expect(isRegisteredUri([registered], requested)).toBe(expected);
});

test.each([
  ['https://app.example/callback', 'https://app.example', true],
  ['http://localhost:*/callback', 'http://localhost:4200', true],
  ['http://localhost:*/callback', 'http://localhost', false],
  ['http://localhost:*/callback', 'https://localhost:4200', false],
  ['capacitor://localhost/callback', 'capacitor://localhost', true],
  // The URL standard says `null` of all of these, and so does every sandboxed frame of its own origin.
  ['com.example.app:/callback', 'null', false],
  ['com.example.app://callback', 'null', false],
  ['capacitor://localhost/callback', 'null', false],
  ['com.example.app:/callback', 'com.example.app:', false],
])('%s is of the origin %s: %s', (registered, origin, expected) => {
  expect(isOriginOf([registered], origin)).toBe(expected);
});

test.each([
  ['https://app.example/callback', 'https://app.example'],
  ['http://127.0.0.1:4200/callback', 'http://127.0.0.1:4200'],
  ['com.example.app:/callback', 'com.example.app:'],
  ['capacitor://localhost/callback', 'capacitor:'],
  ['http://[::1]:4200/callback', 'http:'],
])('a form may end at %s when form-action names %s', (uri, source) => {
  expect(toFormTarget(uri)).toBe(source);
});
