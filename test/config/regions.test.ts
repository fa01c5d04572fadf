import { cognitoUserPool } from 'claimgraph';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/readConfig.ts';
import { cognito } from './environments.ts';

test.each(['eu-central-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'us-isob-east-1', 'ap-southeast-12'])(
  'a region that the configuration takes can be used: %s',
  (region) => {
    const userPoolId = `${region}_a1B2c3D4e`;
    const environment = { ...cognito, COGNITO_REGION: region, COGNITO_USER_POOL_ID: userPoolId };
    const { authentication } = readConfig(environment);
    const pools = authentication.mode === 'cognito' ? authentication.userPools.map(cognitoUserPool) : [];
    expect(pools.map(({ issuer }) => issuer)).toEqual([expect.stringContaining(`.${region}.`)]);
  },
);
