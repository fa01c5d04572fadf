import type { SignIn } from '../signIn/signIn.ts';
import { createExpiringMap } from './expiringMap.ts';
import { hashOpaqueToken, newOpaqueToken } from './opaqueToken.ts';

/** What an authorization code stands for (RFC 6749 section 4.1.2, RFC 7636 section 4.4). */
interface CodeGrant {
  readonly signIn: SignIn;
  /** What the client asked for; the sign-in has those of them that the user may have. */
  readonly requestedScopes: readonly string[];
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly nonce: string | undefined;
}

type Redemption =
  | { readonly outcome: 'redeemed'; readonly grant: CodeGrant }
  /** The code was used before: whoever has it, one of the two is a thief. */
  | { readonly outcome: 'replayed'; readonly grant: CodeGrant }
  | { readonly outcome: 'unknown' };

export interface AuthorizationCodes {
  issue(grant: CodeGrant): string;
  /** Uses the code up, also when the caller then finds that it was presented by the wrong client. */
  redeem(code: string): Redemption;
}

/** Codes live five minutes, as Cognito's do; used ones are remembered that long to notice a replay. */
export function createAuthorizationCodes(options: { readonly now: () => number }): AuthorizationCodes {
  const limits = { lifetimeSeconds: 300, maxEntries: 1000, now: options.now };
  const codes = createExpiringMap<{ readonly grant: CodeGrant; used: boolean }>(limits);
  return {
    issue(grant) {
      const code = newOpaqueToken();
      codes.set(hashOpaqueToken(code), { grant, used: false });
      return code;
    },
    redeem(code) {
      const entry = codes.get(hashOpaqueToken(code));
      if (entry === undefined) return { outcome: 'unknown' };
      const outcome = entry.used ? 'replayed' : 'redeemed';
      entry.used = true;
      return { outcome, grant: entry.grant };
    },
  };
}
