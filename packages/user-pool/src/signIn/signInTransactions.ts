import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts';
import { createExpiringMap } from '../state/expiringMap.ts';
import { newOpaqueToken } from '../state/opaqueToken.ts';

/** An authorization request that waits for somebody to sign in. */
export interface SignInTransaction {
  readonly request: AuthorizationRequest;
}

/**
 * Keeps authorization requests on the server while the sign-in page is open: the form carries nothing but an id that
 * nobody can guess and that works once.
 */
export interface SignInTransactions {
  begin(transaction: SignInTransaction): string;
  peek(id: string): SignInTransaction | undefined;
  take(id: string): SignInTransaction | undefined;
}

export function createSignInTransactions(options: { readonly now: () => number }): SignInTransactions {
  const transactions = createExpiringMap<SignInTransaction>({
    lifetimeSeconds: 600,
    maxEntries: 1000,
    now: options.now,
  });
  return {
    begin(transaction) {
      const id = newOpaqueToken();
      transactions.set(id, transaction);
      return id;
    },
    peek: (id) => transactions.get(id),
    take(id) {
      const transaction = transactions.get(id);
      transactions.delete(id);
      return transaction;
    },
  };
}
