import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/readConfig.ts';
import { refusalOf } from './environments.ts';

/** The variables that a text names. */
function namesIn(text: string): readonly string[] {
  return text.match(/\b[A-Z]+_[A-Z_]*/g) ?? [];
}

describe('a variable that looks like ours and is not', () => {
  test.each([
    ['CLAIMS_TTL', 'CLAIMS_TTL_SECONDS'],
    ['CLAIMS_TTL_SECOND', 'CLAIMS_TTL_SECONDS'],
    ['CLAIMS_TIMEOUT_SECONDS', 'CLAIMS_TTL_SECONDS'],
    ['CLAIMGRAPH_DATADIR', 'CLAIMGRAPH_DATA_DIR'],
    ['COGNITO_USERPOOL_ID', 'COGNITO_USER_POOL_ID'],
    ['COGNITO_CLIENT_ID', 'COGNITO_USER_CLIENT_IDS'],
    ['USER_POOL_HTTPS', 'USER_POOL_HTTPS_PORT'],
    ['JWKS_REFRESH', 'JWKS_REFRESH_SECONDS'],
    ['TOKEN_GRACE_SECS', 'TOKEN_GRACE_SECONDS'],
    ['TOKEN_SECRET', undefined],
    ['COGNITO_', undefined],
  ])('%s is refused', (name, meant) => {
    const refusal = refusalOf({ [name]: 'hunter2' });
    expect(refusal).toMatch(new RegExp(`^[^\n]*\n  ${name}: [^\n]*$`));
    expect(namesIn(refusal)).toEqual(meant === undefined ? [name] : [name, meant]);
    expect(refusal).not.toContain('hunter2');
  });

  test('is no problem when it is empty', () => {
    expect(readConfig({ CLAIMS_TTL: '' }).port).toBe(4000);
  });
});
