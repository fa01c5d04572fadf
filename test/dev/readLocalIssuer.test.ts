import { expect, test } from 'vitest';
import { readLocalIssuer } from '../../dev/readLocalIssuer.ts';

test.each([
  [{}, undefined],
  [{ USER_POOL_PORT: '', USER_POOL_URL: '' }, undefined],
  // Any free port: which, the pool's state says.
  [{ USER_POOL_PORT: '0' }, undefined],
  [{ USER_POOL_PORT: '4999' }, 'http://localhost:4999/local_claimgraph'],
  [{ USER_POOL_URL: 'http://localhost:4998' }, 'http://localhost:4998/local_claimgraph'],
  [{ USER_POOL_URL: 'http://localhost:4998', USER_POOL_PORT: '4999' }, 'http://localhost:4998/local_claimgraph'],
  // However the pool is addressed, the issuer in its tokens is one and the same.
  [{ USER_POOL_URL: 'http://127.0.0.1:4998/' }, 'http://localhost:4998/local_claimgraph'],
  [{ USER_POOL_URL: 'http://[::1]:4998' }, 'http://localhost:4998/local_claimgraph'],
])('the issuer of %j is %s', (environment, issuer) => {
  expect(readLocalIssuer(environment, 'local_claimgraph')).toBe(issuer);
});

test.each([
  [{ USER_POOL_PORT: '-1' }, 'USER_POOL_PORT must be a port from 1 to 65535; got "-1"'],
  [{ USER_POOL_PORT: '70000' }, 'USER_POOL_PORT must be a port from 1 to 65535; got "70000"'],
  [{ USER_POOL_PORT: '4e3' }, 'USER_POOL_PORT must be a port'],
  [{ USER_POOL_URL: 'localhost:4010' }, 'USER_POOL_URL must be like http://localhost:4010; got "localhost:4010"'],
  [{ USER_POOL_URL: 'https://localhost:4010' }, 'USER_POOL_URL must be like http://localhost:4010'],
  [{ USER_POOL_URL: 'http://login.example.com' }, 'USER_POOL_URL must be like http://localhost:4010'],
  [{ USER_POOL_URL: 'http://localhost:4010/local_claimgraph' }, 'USER_POOL_URL must be like http://localhost:4010'],
])('%j is refused', (environment, message) => {
  expect(() => readLocalIssuer(environment, 'local_claimgraph')).toThrow(message);
});
