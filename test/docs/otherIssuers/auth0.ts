import type { AccessTokenIssuer } from 'claimgraph';

export const auth0: AccessTokenIssuer = {
  issuer: 'https://library.eu.auth0.com/',
  jwksUri: 'https://library.eu.auth0.com/.well-known/jwks.json',
  audience: 'https://api.library.example',
  userClientIds: ['Wq3vSpa0ExampleClientId'],
  machineClientIds: ['Jb8kJob0ExampleClientId'],
  headerTypes: ['JWT'],
  clientClaim: 'azp',
  authTime: 'when-sent',
};
