/**
 * Who can sign in to the local user pool (password `demo` for each) and as which subject. What they may do is decided
 * elsewhere, by the demo data under their subject; `description` only tells it, on the sign-in page.
 */
export interface DemoUser {
  readonly username: string;
  readonly subject: string;
  readonly name: string;
  readonly description: string;
  /** Scopes that a client may ask for on this user's behalf, besides OpenID Connect's standard ones. */
  readonly scopes: readonly string[];
}

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
    name: 'Global Manager',
    description: 'Sees everything, pays up to 1,000,000 USD, and decides what others may do.',
    scopes: ['investments/read', 'investments/pii', 'investments/pay', 'investments/admin'],
  },
  {
    username: 'usa-manager',
    subject: '3f0c2c1e-0002-4000-8000-000000010345',
    name: 'Regional Manager, USA',
    description: 'Sees companies of the USA, notes and ratings of their own only, and pays up to 25,000 USD.',
    scopes: ['investments/read', 'investments/pay'],
  },
  {
    username: 'asia-europe-manager',
    subject: '3f0c2c1e-0003-4000-8000-000000030412',
    name: 'Regional Manager, Asia and Europe',
    description: 'Sees companies of Asia and Europe, with notes and ratings. Has no scope to pay.',
    scopes: ['investments/read'],
  },
  {
    username: 'auditor',
    subject: '3f0c2c1e-0004-4000-8000-000000040777',
    name: 'Compliance Auditor',
    description: 'Sees everything, personal data and the audit log too, and changes nothing.',
    scopes: ['investments/read', 'investments/pii'],
  },
  {
    username: 'newcomer',
    subject: '3f0c2c1e-0005-4000-8000-000000000000',
    name: 'Newcomer',
    description: 'Has no business record yet: may sign in, and sees no rows.',
    scopes: ['investments/read'],
  },
  {
    username: 'investor-90',
    subject: '3f0c2c1e-0006-4000-8000-000000000090',
    name: 'Investor',
    description: 'Sees the companies that they invested in, and of the transactions only their own.',
    scopes: ['investments/read'],
  },
];
