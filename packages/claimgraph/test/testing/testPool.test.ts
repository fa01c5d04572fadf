import { expect, test } from 'vitest';
import { startTestPool } from '../../src/testing/tokens.ts';
import { createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import { cognitoUserPool } from '../../src/token/userPool.ts';

const settings = { userPoolId: 'eu-west-1_AbCdEf123', userClientIds: ['7example1spa'] };

test('tokens of a test pool are taken by whoever has its keys, and by nobody else', async () => {
  const pool = await startTestPool({ issuer: cognitoUserPool(settings).issuer });
  const other = await startTestPool({ issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other' });
  const pools = [cognitoUserPool({ ...settings, jwksUri: pool.jwksUri })];
  const verifier = createAccessTokenVerifier({ pools });
  try {
    const ada = { username: 'ada', subject: 'ada', clientId: '7example1spa', scopes: ['library/read'] };
    expect(await verifier.verify(pool.accessToken(ada))).toMatchObject({ kind: 'user', subject: 'ada' });
    await expect(verifier.verify(other.accessToken(ada))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  } finally {
    verifier.close();
    await Promise.all([pool.close(), other.close()]);
  }
});
