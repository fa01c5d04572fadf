import { createTokenIssuer } from 'claimgraph/testing/tokens';
import { createSrpChallenges } from './cognito/srpChallenges.ts';
import type { PoolConfig } from './config/poolConfig.ts';
import { toLocalIssuer, toLocalPoolUrl } from './http/localIssuer.ts';
import type { PoolContext } from './poolContext.ts';
import type { PoolSettingNames } from './poolSettings.ts';
import { createGuessThrottle } from './signIn/guessThrottle.ts';
import { createSessions } from './signIn/sessions.ts';
import { createSignInTransactions } from './signIn/signInTransactions.ts';
import { createAuthorizationCodes } from './state/authorizationCodes.ts';
import { createEndedSignIns } from './state/endedSignIns.ts';
import type { PoolStore } from './state/poolStore.ts';
import { createRefreshTokens } from './state/refreshTokens.ts';

/** What the endpoints share, of a pool that listens on these ports. */
export function createPoolContext(options: {
  readonly config: PoolConfig;
  readonly store: PoolStore;
  readonly port: number;
  readonly httpsPort: number | undefined;
  readonly tokenSeconds: number;
  readonly rotationGraceSeconds: number | undefined;
  readonly settings: PoolSettingNames;
  readonly now: () => number;
}): PoolContext {
  const { config, store, port, httpsPort, tokenSeconds, rotationGraceSeconds, settings, now } = options;
  const { keys } = store;
  const issuer = toLocalIssuer(port, config.poolId);
  const passwordGuesses = createGuessThrottle({ freeFailures: 5, now });
  return {
    config,
    settings,
    url: toLocalPoolUrl(port),
    httpsUrl: httpsPort === undefined ? undefined : `https://localhost:${httpsPort}`,
    issuer,
    keys,
    tokens: createTokenIssuer({ issuer, key: keys.signingKey, now }),
    tokenSeconds,
    passwordGuesses,
    // Secrets of programs are long, and a program that has a wrong one asks often.
    secretGuesses: createGuessThrottle({ freeFailures: 50, now }),
    srpChallenges: createSrpChallenges({ config, passwordGuesses, now }),
    sessions: createSessions({ port, now }),
    transactions: createSignInTransactions({ now }),
    codes: createAuthorizationCodes({ now }),
    refreshTokens: createRefreshTokens({ store, rotationGraceSeconds, now }),
    endedSignIns: createEndedSignIns({ now }),
    now,
  };
}
