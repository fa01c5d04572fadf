import { demoMachineClient, demoUserClientId } from '../../demoUsers.ts';
import { allUserScopes } from './scopes.ts';

/** A public client for people: authorization code with PKCE, and refresh tokens. It has no secret. */
export interface UserClient {
  readonly kind: 'user';
  readonly clientId: string;
  /** Compared as whole strings (RFC 9700 section 2.1): no prefix, pattern or port is left open. */
  readonly redirectUris: readonly string[];
  readonly logoutUris: readonly string[];
  readonly scopes: readonly string[];
}

/** A confidential client for programs: client credentials only. */
interface MachineClient {
  readonly kind: 'machine';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

export type PoolClient = UserClient | MachineClient;

/** The clients of the local user pool. An application on another address is added here. */
const demoClients: readonly PoolClient[] = [
  {
    kind: 'user',
    clientId: demoUserClientId,
    redirectUris: [
      'http://localhost:3000/callback',
      'http://localhost:4000/console/callback',
      'http://localhost:5173/callback',
    ],
    logoutUris: ['http://localhost:3000/', 'http://localhost:4000/console/', 'http://localhost:5173/'],
    scopes: allUserScopes,
  },
  { kind: 'machine', ...demoMachineClient },
];

export function findClient(clientId: string): PoolClient | undefined {
  return demoClients.find((client) => client.clientId === clientId);
}

/** Origins of the browser applications that are registered here. */
export const browserOrigins: readonly string[] = [
  ...new Set(
    demoClients.flatMap((client) =>
      client.kind === 'user' ? client.redirectUris.map((uri) => new URL(uri).origin) : [],
    ),
  ),
];
