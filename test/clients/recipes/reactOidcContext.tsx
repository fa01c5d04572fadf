import type { TokenManager } from 'claimgraph-client';
import type { UserManager } from 'oidc-client-ts';
import type { ReactNode } from 'react';
import { AuthProvider, useAuth } from 'react-oidc-context';

interface SessionProps {
  readonly userManager: UserManager;
  readonly children: ReactNode;
}

/** Takes the UserManager that the token manager was made of, so that both see the same tokens. */
export function Session({ userManager, children }: SessionProps): ReactNode {
  return (
    <AuthProvider userManager={userManager} onSigninCallback={() => history.replaceState(undefined, '', '/')}>
      {children}
    </AuthProvider>
  );
}

interface WhoProps {
  readonly manager: TokenManager;
}

/** `useAuth` tells who is signed in. Tokens are taken from the manager, and never `user.access_token`. */
export function Who({ manager }: WhoProps): ReactNode {
  const auth = useAuth();
  if (auth.isLoading) return <p>…</p>;
  if (!auth.isAuthenticated)
    return (
      <button type="button" onClick={() => void auth.signinRedirect()}>
        Sign in
      </button>
    );
  const leave = () => auth.removeUser().then(() => manager.sync());
  return (
    <p>
      {auth.user?.profile.email}{' '}
      <button type="button" onClick={() => void leave()}>
        Sign out
      </button>
    </p>
  );
}
