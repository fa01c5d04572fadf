import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/readConfig.ts';
import { refusalOf } from './environments.ts';

describe('a variable that looks like ours and is not', () => {
  test.each([
    ['CLAIMS_TTL', 'Did you mean CLAIMS_TTL_SECONDS?'],
    ['CLAIMS_TTL_SECOND', 'Did you mean CLAIMS_TTL_SECONDS?'],
    ['CLAIMS_TIMEOUT_SECONDS', 'Did you mean CLAIMS_TTL_SECONDS?'],
    ['CLAIMGRAPH_DATADIR', 'Did you mean CLAIMGRAPH_DATA_DIR?'],
    ['COGNITO_USERPOOL_ID', 'Did you mean COGNITO_USER_POOL_ID?'],
    ['COGNITO_CLIENT_ID', 'Did you mean COGNITO_USER_CLIENT_IDS?'],
    ['USER_POOL_HTTPS', 'Did you mean USER_POOL_HTTPS_PORT?'],
    ['JWKS_REFRESH', 'Did you mean JWKS_REFRESH_SECONDS?'],
    ['TOKEN_GRACE_SECS', 'Did you mean TOKEN_GRACE_SECONDS?'],
    ['TOKEN_SECRET', 'Remove it.'],
    ['COGNITO_', 'Remove it.'],
  ])('%s is refused', (name, advice) => {
    expect(refusalOf({ [name]: 'hunter2' })).toBe(
      `the configuration is wrong in one place:\n  ${name}: expected no variable of this name; got one. ${advice}`,
    );
  });

  test('is no problem when it is empty', () => {
    expect(readConfig({ CLAIMS_TTL: '' }).port).toBe(4000);
  });
});
