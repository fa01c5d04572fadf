import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { demoPool } from '../../../../dev/demoPool.ts';
import { assertLocalUserPoolAllowed, LocalUserPoolRefusedError } from '../../src/safety/safetyChecks.ts';
import { startUserPool } from '../../src/startUserPool.ts';

function reasonsOf(environment: Readonly<Record<string, string>>, hosts: readonly string[] = ['127.0.0.1']) {
  try {
    assertLocalUserPoolAllowed({ environment, hosts });
  } catch (error) {
    if (error instanceof LocalUserPoolRefusedError) return error.reasons;
    throw error;
  }
  return [];
}

describe('the local user pool is refused', () => {
  test.each([
    [{ NODE_ENV: 'production' }, /NODE_ENV is production/],
    [{ NODE_ENV: ' Production ' }, /NODE_ENV is production/],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'api' }, /AWS_LAMBDA_FUNCTION_NAME is set: this is AWS Lambda/],
    [{ AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' }, /AWS_EXECUTION_ENV is set/],
    [
      { ECS_CONTAINER_METADATA_URI: 'http://169.254.170.2/v3' },
      /ECS_CONTAINER_METADATA_URI is set: this is Amazon ECS/,
    ],
    [{ ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4' }, /ECS_CONTAINER_METADATA_URI_V4 is set/],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, /KUBERNETES_SERVICE_HOST is set: this is Kubernetes/],
    [{ HOST: '0.0.0.0' }, /HOST must be a loopback address such as 127\.0\.0\.1; got "0\.0\.0\.0"/],
    [{ HOST: '::' }, /HOST must be a loopback address/],
    [{ HOST: 'localhost.example.com' }, /HOST must be a loopback address/],
    [{ COGNITO_USER_POOL_ID: 'eu-west-1_abc' }, /COGNITO_USER_POOL_ID is set/],
    [{ COGNITO_ANYTHING: 'x' }, /COGNITO_ANYTHING is set/],
    [{ AUTH_MODE: 'cognito' }, /AUTH_MODE=cognito is set/],
    [{ AUTH_MODE: 'issuers' }, /AUTH_MODE=issuers is set/],
    [{ TOKEN_ISSUERS: '[]' }, /TOKEN_ISSUERS is set/],
  ])('with %j', (environment, reason) => {
    expect(reasonsOf(environment)).toEqual([expect.stringMatching(reason)]);
  });

  test.each(['0.0.0.0', '::', '10.1.2.3', '192.168.0.1', '::ffff:10.1.2.3', 'example.com', ''])(
    'with the bind address %j',
    (host) => {
      expect(reasonsOf({}, [host])).toEqual([expect.stringMatching(/the bind address must be a loopback address/)]);
    },
  );

  test('with all reasons at once, and without the values of settings', () => {
    const environment = { NODE_ENV: 'production', KUBERNETES_SERVICE_HOST: '10.9.9.9', COGNITO_CLIENT_SECRET: 'hush' };
    const refuse = () => assertLocalUserPoolAllowed({ environment, hosts: ['0.0.0.0'] });
    expect(refuse).toThrow(/NODE_ENV[\s\S]*KUBERNETES_SERVICE_HOST[\s\S]*the bind address[\s\S]*COGNITO_CLIENT_SECRET/);
    expect(reasonsOf(environment, ['0.0.0.0'])).toHaveLength(4);
    expect(refuse).not.toThrow(/hush|10\.9\.9\.9/);
  });

  test.each([[{ environment: { NODE_ENV: 'production' } }], [{ environment: {}, host: '0.0.0.0' }]])(
    'when it is started with %j, before anything is bound or written',
    async (options) => {
      const dataDir = join(tmpdir(), `claimgraph-pool-${randomUUID()}`);
      await expect(startUserPool({ config: demoPool, port: 0, dataDir, ...options })).rejects.toThrow(
        LocalUserPoolRefusedError,
      );
      expect(existsSync(dataDir)).toBe(false);
    },
  );
});

describe('the local user pool is allowed', () => {
  test.each([
    [{}],
    [{ NODE_ENV: 'development' }],
    [{ NODE_ENV: 'test', HOST: '127.0.0.1' }],
    [{ HOST: '127.8.8.8' }],
    [{ HOST: '::1' }],
    [{ HOST: 'LOCALHOST' }],
    [{ HOST: '', COGNITO_USER_POOL_ID: '', AWS_EXECUTION_ENV: '', AUTH_MODE: 'local' }],
    [{ AWS_REGION: 'eu-west-1', NOT_COGNITO_ID: 'x' }],
  ])('with %j', (environment) => {
    expect(reasonsOf(environment)).toEqual([]);
  });
});
