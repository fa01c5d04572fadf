/**
 * Who can sign in to the local user pool (password `demo` for each) and as which subject. What they may do is not here:
 * it stands in the demo data, under their subject.
 */
export interface DemoUser {
  readonly username: string;
  readonly subject: string;
  /** Scopes that a client may ask for on this user's behalf, besides OpenID Connect's standard ones. */
  readonly scopes: readonly string[];
}

/** The id of the local user pool: the last segment of its issuer. */
export const localUserPoolId = 'local_claimgraph';

/** The local pool's public client for people (authorization code with PKCE). */
export const demoUserClientId = 'investments-spa';

/** The local pool's machine client (client credentials). */
export const demoMachineClient = {
  clientId: 'reporting-job',
  clientSecret: 'reporting-job-demo-secret',
  scopes: ['investments/read'],
} as const;

export const demoUsers: readonly DemoUser[] = [
  {
    username: 'global-admin',
    subject: '3f0c2c1e-0001-4000-8000-000000020116',
    scopes: ['investments/read', 'investments/pii', 'investments/pay', 'investments/admin'],
  },
  {
    username: 'usa-manager',
    subject: '3f0c2c1e-0002-4000-8000-000000010345',
    scopes: ['investments/read', 'investments/pay'],
  },
  {
    username: 'asia-europe-manager',
    subject: '3f0c2c1e-0003-4000-8000-000000030412',
    scopes: ['investments/read'],
  },
  {
    username: 'auditor',
    subject: '3f0c2c1e-0004-4000-8000-000000040777',
    scopes: ['investments/read', 'investments/pii'],
  },
  {
    username: 'newcomer',
    subject: '3f0c2c1e-0005-4000-8000-000000000000',
    scopes: ['investments/read'],
  },
  {
    username: 'investor-90',
    subject: '3f0c2c1e-0006-4000-8000-000000000090',
    scopes: ['investments/read'],
  },
];
