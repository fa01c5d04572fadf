import type { AccessTokenIssuer } from '../../src/token/accessTokenIssuer.ts';
import type { Members } from '../support/issueAccessToken.ts';

/** An issuer as its documentation and its tokens are, and the settings that accept them. */
export interface IssuerShape {
  readonly name: string;
  readonly settings: AccessTokenIssuer;
  /** What its JWKS leaves out of a key. */
  readonly keyWithout: readonly string[];
  readonly header: Members;
  /** Tokens of one moment: seconds since the epoch. */
  readonly userClaims: (now: number) => Members;
  readonly machineClaims: (now: number) => Members;
  /** The ID token of the same sign-in. */
  readonly idClaims: (now: number) => Members;
  readonly subject: string;
}

const hour = (now: number) => ({ iat: now - 60, exp: now + 3540 });

const auth0Settings: AccessTokenIssuer = {
  issuer: 'https://library.eu.auth0.com/',
  jwksUri: 'https://library.eu.auth0.com/.well-known/jwks.json',
  audience: 'https://api.library.example',
  userClientIds: ['Wq3vSpa0ExampleClientId'],
  machineClientIds: ['Jb8kJob0ExampleClientId'],
  headerTypes: ['JWT'],
  clientClaim: 'azp',
  authTime: 'when-sent',
};

const auth0User = (now: number) => ({
  iss: 'https://library.eu.auth0.com/',
  sub: 'auth0|65f2c0a1b2c3d4e5f6a7b8c9',
  aud: ['https://api.library.example', 'https://library.eu.auth0.com/userinfo'],
  ...hour(now),
  scope: 'openid profile library/read',
});

const auth0Id = (now: number) => ({
  ...{ nickname: 'ada', name: 'Ada', email: 'ada@library.example', updated_at: '2026-01-31T09:00:00.000Z' },
  ...{ iss: 'https://library.eu.auth0.com/', aud: 'Wq3vSpa0ExampleClientId', sub: 'auth0|65f2c0a1b2c3d4e5f6a7b8c9' },
  ...hour(now),
  ...{ sid: 'k3Q', nonce: 'bjFYc2s' },
});

const auth0Machine = (now: number) => ({
  iss: 'https://library.eu.auth0.com/',
  sub: 'Jb8kJob0ExampleClientId@clients',
  aud: 'https://api.library.example',
  ...hour(now),
  scope: 'library/read',
});

const oktaUser = (now: number) => ({
  ver: 1,
  jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
  iss: 'https://library.okta.com/oauth2/default',
  aud: 'api://library',
  ...hour(now),
  cid: '0oa7spaExample',
  uid: '00u1readerExample',
  scp: ['openid', 'library/read'],
  auth_time: now - 120,
  sub: 'ada@library.example',
});

const tenantId = '0b6c3e1a-1111-4222-8333-944455556666';
const entraIssuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;

const entraUser = (now: number) => ({
  aud: '7d1f0c9e-aaaa-4bbb-8ccc-0123456789ab',
  iss: entraIssuer,
  nbf: now - 60,
  ...hour(now),
  aio: 'AXQAi/8TAAAA',
  azp: '2c4e6a8b-spa0-4000-8000-00000000aaaa',
  azpacr: '0',
  name: 'Ada',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  preferred_username: 'ada@library.example',
  rh: '0.AS8A',
  scp: 'library/read profile',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: tenantId,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
});

const keycloakIssuer = 'https://id.library.example/realms/library';

const keycloakUser = (now: number) => ({
  exp: now + 240,
  iat: now - 60,
  auth_time: now - 300,
  jti: 'onrtac:6f1c2d3e-0000-4000-8000-000000000001',
  iss: keycloakIssuer,
  aud: ['library-api', 'account'],
  sub: 'b1d7a5c2-0000-4000-8000-0000000000aa',
  typ: 'Bearer',
  azp: 'library-web',
  sid: '4b1f2c3d-0000-4000-8000-0000000000bb',
  acr: '1',
  'allowed-origins': ['https://library.example'],
  realm_access: { roles: ['offline_access', 'default-roles-library'] },
  resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
  scope: 'openid email profile library/read',
  email_verified: true,
  preferred_username: 'ada',
  email: 'ada@library.example',
});

export const issuerShapes: readonly IssuerShape[] = [
  {
    name: 'Auth0',
    settings: auth0Settings,
    keyWithout: [],
    header: { typ: 'JWT' },
    userClaims: (now) => ({ ...auth0User(now), azp: 'Wq3vSpa0ExampleClientId' }),
    machineClaims: (now) => ({
      ...auth0Machine(now),
      azp: 'Jb8kJob0ExampleClientId',
      gty: 'client-credentials',
    }),
    idClaims: auth0Id,
    subject: 'auth0|65f2c0a1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'Auth0 with the RFC 9068 profile',
    settings: {
      ...auth0Settings,
      issuer: 'https://archive.eu.auth0.com/',
      headerTypes: undefined,
      clientClaim: undefined,
    },
    keyWithout: [],
    header: { typ: 'at+jwt' },
    userClaims: (now) => ({
      ...auth0User(now),
      iss: 'https://archive.eu.auth0.com/',
      jti: 'q1w2e3',
      client_id: 'Wq3vSpa0ExampleClientId',
    }),
    machineClaims: (now) => ({
      ...auth0Machine(now),
      iss: 'https://archive.eu.auth0.com/',
      jti: 'q1w2e4',
      client_id: 'Jb8kJob0ExampleClientId',
    }),
    idClaims: (now) => ({ ...auth0Id(now), iss: 'https://archive.eu.auth0.com/' }),
    subject: 'auth0|65f2c0a1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'Okta',
    settings: {
      issuer: 'https://library.okta.com/oauth2/default',
      jwksUri: 'https://library.okta.com/oauth2/default/v1/keys',
      audience: 'api://library',
      userClientIds: ['0oa7spaExample'],
      machineClientIds: ['0oa8jobExample'],
      headerTypes: ['absent'],
      clientClaim: 'cid',
      scopeClaims: ['scp'],
      subjectClaim: 'uid',
    },
    keyWithout: [],
    header: {},
    userClaims: oktaUser,
    machineClaims: (now) => {
      const { uid: _, auth_time: __, ...claims } = oktaUser(now);
      return { ...claims, cid: '0oa8jobExample', scp: ['library/read'], sub: '0oa8jobExample' };
    },
    idClaims: (now) => ({
      ...{ sub: '00u1readerExample', ver: 1, iss: 'https://library.okta.com/oauth2/default', aud: '0oa7spaExample' },
      ...hour(now),
      ...{ jti: 'ID.4eAWJOCMB3SX8XewDfVR', amr: ['pwd'], idp: '00oidpExample', nonce: 'n-0S6', auth_time: now - 120 },
      at_hash: 'cpqKfdQA5eH891Ff5oJr_Q',
    }),
    subject: '00u1readerExample',
  },
  {
    name: 'Entra',
    settings: {
      issuer: entraIssuer,
      jwksUri: `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`,
      audience: '7d1f0c9e-aaaa-4bbb-8ccc-0123456789ab',
      userClientIds: ['2c4e6a8b-spa0-4000-8000-00000000aaaa'],
      machineClientIds: ['2c4e6a8b-job0-4000-8000-00000000bbbb'],
      headerTypes: ['JWT'],
      clientClaim: 'azp',
      scopeClaims: ['scp', 'roles'],
      subjectClaim: 'oid',
      authTime: 'when-sent',
    },
    keyWithout: ['alg'],
    header: { typ: 'JWT' },
    userClaims: entraUser,
    machineClaims: (now) => {
      const { name: _, preferred_username: __, scp: ___, ...claims } = entraUser(now);
      const oid = '5d8e1f20-0000-4000-8000-0000000000cc';
      return {
        ...claims,
        azp: '2c4e6a8b-job0-4000-8000-00000000bbbb',
        azpacr: '1',
        oid,
        sub: oid,
        roles: ['library/read'],
      };
    },
    idClaims: (now) => ({
      ...{ aud: '2c4e6a8b-spa0-4000-8000-00000000aaaa', iss: entraIssuer, nbf: now - 60 },
      ...hour(now),
      ...{ name: 'Ada', nonce: '678910', oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474', rh: '0.AS8A', tid: tenantId },
      ...{ sub: 'IUTqgCdzpbDXnwqmaEolCWAAAAAAAAAAAAAAAAAAAAA', uti: 'fqiBqXLPj0eQ', ver: '2.0' },
    }),
    subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  },
  {
    name: 'Keycloak',
    settings: {
      issuer: keycloakIssuer,
      jwksUri: `${keycloakIssuer}/protocol/openid-connect/certs`,
      audience: 'library-api',
      userClientIds: ['library-web'],
      machineClientIds: ['Library-Reports'],
      headerTypes: ['JWT'],
      clientClaim: 'azp',
    },
    keyWithout: [],
    header: { typ: 'JWT' },
    userClaims: keycloakUser,
    machineClaims: (now) => {
      const { auth_time: _, sid: __, ...claims } = keycloakUser(now);
      return {
        ...claims,
        sub: 'c0ffee00-0000-4000-8000-0000000000dd',
        azp: 'Library-Reports',
        scope: 'library/read',
        preferred_username: 'service-account-library-reports',
        clientHost: '10.0.0.8',
        client_id: 'Library-Reports',
      };
    },
    idClaims: (now) => ({
      ...{ exp: now + 240, iat: now - 60, auth_time: now - 300, iss: keycloakIssuer, aud: 'library-web' },
      ...{ sub: 'b1d7a5c2-0000-4000-8000-0000000000aa', typ: 'ID', azp: 'library-web', nonce: 'n1' },
      ...{ sid: '4b1f2c3d-0000-4000-8000-0000000000bb', at_hash: 'xyz', acr: '1', preferred_username: 'ada' },
    }),
    subject: 'b1d7a5c2-0000-4000-8000-0000000000aa',
  },
];
