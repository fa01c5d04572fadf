import type { AccessTokenIssuer } from 'claimgraph';

export const okta: AccessTokenIssuer = {
  issuer: 'https://library.okta.com/oauth2/default',
  jwksUri: 'https://library.okta.com/oauth2/default/v1/keys',
  audience: 'api://library',
  userClientIds: ['0oa7spaExample'],
  machineClientIds: ['0oa8jobExample'],
  headerTypes: ['absent'],
  clientClaim: 'cid',
  scopeClaims: ['scp'],
  subjectClaim: 'uid',
};
