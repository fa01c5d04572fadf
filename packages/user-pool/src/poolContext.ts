import type { TokenIssuer } from 'claimgraph/testing/tokens';
import type { SrpChallenges } from './cognito/srpChallenges.ts';
import type { PoolConfig } from './config/poolConfig.ts';
import type { PoolSettingNames } from './poolSettings.ts';
import type { GuessThrottle } from './signIn/guessThrottle.ts';
import type { Sessions } from './signIn/sessions.ts';
import type { SignInTransactions } from './signIn/signInTransactions.ts';
import type { AuthorizationCodes } from './state/authorizationCodes.ts';
import type { EndedSignIns } from './state/endedSignIns.ts';
import type { RefreshTokens } from './state/refreshTokens.ts';
import type { SigningKeys } from './state/signingKeys.ts';

/** What the endpoints of one running pool share. */
export interface PoolContext {
  readonly config: PoolConfig;
  /** What sets what it was started with, for messages. */
  readonly settings: PoolSettingNames;
  /** `http://localhost:<port>`, where the OAuth endpoints are. */
  readonly url: string;
  /** The same with TLS, where there is such a port. */
  readonly httpsUrl: string | undefined;
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly tokens: TokenIssuer;
  /** How long access and ID tokens live. */
  readonly tokenSeconds: number;
  /** By user name. */
  readonly passwordGuesses: GuessThrottle;
  /** By client id. */
  readonly secretGuesses: GuessThrottle;
  readonly srpChallenges: SrpChallenges;
  readonly sessions: Sessions;
  readonly transactions: SignInTransactions;
  readonly codes: AuthorizationCodes;
  readonly refreshTokens: RefreshTokens;
  readonly endedSignIns: EndedSignIns;
  /** Milliseconds since the epoch, as `Date.now`. */
  readonly now: () => number;
}
