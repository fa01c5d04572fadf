import { createAccessTokenVerifier } from 'claimgraph';
import { okta } from './okta.ts';

/** `await verifier.start()` before the first request: it fetches the keys, and goes on doing so until `close()`. */
export const verifier = createAccessTokenVerifier({ issuers: [okta], graceSeconds: 5, jwksRefreshSeconds: 300 });

/** For `createGuardContext`, `useGuard`, `createMercuriusGuard` and `guard.answer`, beside where claims come from. */
export const callers = { verifyToken: verifier.verify };
