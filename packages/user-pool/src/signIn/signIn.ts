/** One sign-in of a person through a client; all tokens that come from it carry its ids. */
export interface SignIn {
  readonly username: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly originTokenId: string;
  readonly eventId: string;
}
