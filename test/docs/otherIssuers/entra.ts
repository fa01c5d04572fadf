import type { AccessTokenIssuer } from 'claimgraph';

const tenantId = '0b6c3e1a-1111-4222-8333-944455556666';

export const entra: AccessTokenIssuer = {
  issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  jwksUri: `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`,
  audience: '7d1f0c9e-aaaa-4bbb-8ccc-0123456789ab',
  userClientIds: ['2c4e6a8b-spa0-4000-8000-00000000aaaa'],
  machineClientIds: ['2c4e6a8b-job0-4000-8000-00000000bbbb'],
  headerTypes: ['JWT'],
  clientClaim: 'azp',
  scopeClaims: ['scp', 'roles'],
  subjectClaim: 'oid',
  authTime: 'when-sent',
};
