import type { AuthorizationCodes } from './authorizationCodes.ts';
import type { RefreshTokens } from './refreshTokens.ts';
import type { SignInTransactions } from './signInTransactions.ts';
import type { SigningKeys } from './signingKeys.ts';
import type { TokenIssuer } from './tokens.ts';

/** What the endpoints of one running pool share. */
export interface PoolContext {
  /** `http://localhost:<port>`, where the OAuth endpoints are. */
  readonly url: string;
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly tokens: TokenIssuer;
  readonly transactions: SignInTransactions;
  readonly codes: AuthorizationCodes;
  readonly refreshTokens: RefreshTokens;
  /** Milliseconds since the epoch, as `Date.now`. */
  readonly now: () => number;
}
