import type { AccessTokenIssuer } from 'claimgraph';

const realm = 'https://id.library.example/realms/library';

export const keycloak: AccessTokenIssuer = {
  issuer: realm,
  jwksUri: `${realm}/protocol/openid-connect/certs`,
  audience: 'library-api',
  userClientIds: ['library-web'],
  machineClientIds: ['Library-Reports'],
  headerTypes: ['JWT'],
  clientClaim: 'azp',
};
