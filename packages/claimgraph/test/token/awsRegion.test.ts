import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { awsDomainOf, isAwsRegion } from '../../src/token/awsRegion.ts';

/** AWS's own table, as its SDK asks it. */
function awsPartition(region: string): { readonly dnsSuffix: string } {
  const ofDynamoDb = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-dynamodb'));
  return ofDynamoDb('@aws-sdk/core/client').partition(region);
}

test.each([
  ...['eu-central-1', 'us-east-1', 'ap-southeast-7', 'il-central-1', 'mx-central-1', 'ca-west-1', 'me-south-1'],
  ...['us-gov-west-1', 'us-gov-east-1'],
  ...['cn-north-1', 'cn-northwest-1'],
  'eusc-de-east-1',
  ...['us-iso-east-1', 'us-iso-west-1', 'us-isob-east-1', 'us-isof-south-1', 'us-isof-east-1', 'eu-isoe-west-1'],
])('%s is a region, in the domain that AWS has it in', (region) => {
  expect(isAwsRegion(region)).toBe(true);
  expect(awsDomainOf(region)).toBe(awsPartition(region).dnsSuffix);
});

test.each(['', 'Frankfurt', 'eu', 'eu-1', 'EU-west-1', 'eu-west-1 ', 'eu-west-1.evil.example', 'eu-west-100', 'eu--1'])(
  '%j is none',
  (text) => {
    expect(isAwsRegion(text)).toBe(false);
  },
);
