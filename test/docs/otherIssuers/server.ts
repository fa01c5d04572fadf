import type { ClaimsSource, GuardedSchema } from 'claimgraph';
import { createGraphqlServer } from 'claimgraph/server';
import { auth0 } from './auth0.ts';
import { keycloak } from './keycloak.ts';

export function createServer(guarded: GuardedSchema, source: ClaimsSource<unknown>) {
  return createGraphqlServer({ guarded, issuers: [auth0, keycloak], claims: { source } });
}
