import { cognitoUserPool, type UserPool } from 'claimgraph';
import type { Config } from '../src/config/config.ts';
import { demoMachineClient, demoUserClientId } from './demoUsers.ts';
import { toLocalIssuer } from './userPool/localIssuer.ts';
import { assertLocalUserPoolAllowed } from './userPool/locks.ts';
import { startUserPool } from './userPool/startUserPool.ts';

/** The user pools that the API accepts tokens of, and the local one among them if there is one. */
export interface OpenUserPools {
  readonly pools: readonly UserPool[];
  readonly local: { readonly url: string; readonly issuer: string } | undefined;
  close(): Promise<void>;
}

/** Starts the local user pool, or finds the one that runs already, or takes Cognito's as configured. */
export async function openUserPools(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenUserPools> {
  const { authentication } = config;
  if (authentication.mode === 'cognito') {
    return { pools: authentication.userPools.map(cognitoUserPool), local: undefined, close: async () => {} };
  }
  assertLocalUserPoolAllowed({ environment, hosts: [config.host] });
  const { userPool } = authentication;
  const { issuer, close } =
    userPool.kind === 'start'
      ? await startUserPool({ port: userPool.port, dataDir: config.dataFolder, environment })
      : { issuer: toLocalIssuer(Number(new URL(userPool.url).port)), close: async () => {} };
  const pool: UserPool = {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    userClientIds: [demoUserClientId],
    machineClientIds: [demoMachineClient.clientId],
    audience: undefined,
  };
  return {
    pools: [pool],
    local: { issuer, url: new URL(issuer).origin },
    close,
  };
}
