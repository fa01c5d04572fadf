import { createTokenIssuer, defaultTokenLifetimeSeconds } from '../../src/testing/cognitoTokens.ts';
import { createSrpChallenges } from './cognito/srpChallenges.ts';
import type { PoolConfig } from './config/poolConfig.ts';
import { listenOnLoopback } from './http/listenOnLoopback.ts';
import { toLocalIssuer, toLocalPoolUrl } from './http/localIssuer.ts';
import { createPoolApp } from './poolApp.ts';
import { assertLocalUserPoolAllowed } from './safety/safetyChecks.ts';
import { createGuessThrottle } from './signIn/guessThrottle.ts';
import { createSessions } from './signIn/sessions.ts';
import { createSignInTransactions } from './signIn/signInTransactions.ts';
import { createAuthorizationCodes } from './state/authorizationCodes.ts';
import { createEndedSignIns } from './state/endedSignIns.ts';
import { openPoolStore } from './state/poolStore.ts';
import { createRefreshTokens } from './state/refreshTokens.ts';
import { lockState } from './state/stateLock.ts';

export interface UserPoolOptions {
  readonly config: PoolConfig;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where keys and refresh tokens are kept; made when it does not exist. */
  readonly dataDir: string;
  /** A loopback address; both loopback addresses are bound in any case. */
  readonly host?: string;
  /** What the safety checks look at: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names besides those of loopback addresses under which the pool answers; none by default. */
  readonly hosts?: readonly string[];
  /** How long access and ID tokens live; an hour by default. */
  readonly tokenSeconds?: number;
  /** Rotates refresh tokens; a used one works for so long. They are not rotated unless given. */
  readonly rotationGraceSeconds?: number | undefined;
  /** Milliseconds since the epoch; `Date.now` by default. */
  readonly now?: () => number;
}

export interface UserPool {
  readonly url: string;
  readonly issuer: string;
  close(): Promise<void>;
}

/**
 * Starts the local user pool, a stand-in for an AWS Cognito user pool and its hosted domain, for development.
 * @throws LocalUserPoolRefusedError where it must not run
 * @throws PoolStateError when the data directory is in use, or its state file open to others or malformed
 */
export async function startUserPool(options: UserPoolOptions): Promise<UserPool> {
  const { config, dataDir, environment, host = '127.0.0.1', now = Date.now } = options;
  assertLocalUserPoolAllowed({ environment, hosts: [host] });
  const lock = lockState(dataDir);
  try {
    const store = await openPoolStore({ dataDir, lock });
    const listener = await listenOnLoopback({ host, port: options.port, createHandler });
    return {
      url: toLocalPoolUrl(listener.port),
      issuer: toLocalIssuer(listener.port, config.poolId),
      async close() {
        await listener.close();
        lock.release();
      },
    };

    async function createHandler(port: number) {
      const issuer = toLocalIssuer(port, config.poolId);
      const { keys } = store;
      const passwordGuesses = createGuessThrottle({ freeFailures: 5, now });
      const app = await createPoolApp(
        {
          config,
          url: toLocalPoolUrl(port),
          httpsUrl: undefined,
          issuer,
          keys,
          tokens: createTokenIssuer({ issuer, key: keys.signingKey, now }),
          tokenSeconds: options.tokenSeconds ?? defaultTokenLifetimeSeconds,
          passwordGuesses,
          srpChallenges: createSrpChallenges({ config, passwordGuesses, now }),
          // Secrets of programs are long, and a program that has a wrong one asks often.
          secretGuesses: createGuessThrottle({ freeFailures: 50, now }),
          sessions: createSessions({ port, now }),
          transactions: createSignInTransactions({ now }),
          codes: createAuthorizationCodes({ now }),
          refreshTokens: createRefreshTokens({ store, rotationGraceSeconds: options.rotationGraceSeconds, now }),
          endedSignIns: createEndedSignIns({ now }),
          now,
        },
        { ports: [port], hosts: options.hosts ?? [] },
      );
      store.save({ issuer });
      return app.routing;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}
