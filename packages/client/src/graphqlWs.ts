import { type TokenManager, TokenRefreshError } from './index.ts';

/** What a socket of graphql-ws is told by: code 4403 when its access token has expired, and others. */
const tokenExpired = 4403;
/** Our own: somebody else is signed in. The codes from 4000 are for applications (RFC 6455 section 7.4.2). */
const subjectChanged = 4498;

/** A connection that ends sooner than this was ended for something else than its token's age. */
const shortMs = 10_000;
const maxShortConnections = 2;

interface ClosableSocket {
  close(code: number, reason: string): void;
}

/** Options of graphql-ws' createClient. Listeners of your own go to `client.on`. */
export interface AuthWsOptions {
  connectionParams(): Promise<Readonly<Record<string, unknown>>>;
  shouldRetry(errorOrClose: unknown): boolean;
  readonly on: {
    opened(socket: unknown): void;
    connected(): void;
    closed(event: unknown): void;
  };
}

/**
 * For graphql-ws: `createClient({ url, ...authWsOptions(manager) })`. Connects with the access token. Of the codes by which a
 * server refuses (44xx), only 4403 is followed by another connection, with a refreshed token; a lost network is, as graphql-ws
 * does it. When somebody else signs in, the connection is made anew for them: what it carried was meant for the other.
 */
export function authWsOptions(manager: TokenManager): AuthWsOptions {
  let token: string | undefined;
  let isExpired = false;
  let isSignedOut = false;
  let couldRefresh = true;
  let connectedAt: number | undefined;
  let shortConnections = 0;
  let socket: ClosableSocket | undefined;

  manager.onSubjectChange(({ subject }) => {
    isSignedOut = subject === undefined;
    socket?.close(subjectChanged, 'Somebody else is signed in');
  });

  /** The token to connect with; the old one, which the server refuses again later, while it cannot be refreshed. */
  async function chooseToken(): Promise<string | undefined> {
    couldRefresh = true;
    if (!isExpired || token === undefined) return manager.getToken();
    try {
      return await manager.renewToken(token);
    } catch (error) {
      // Thrown here (graphql-ws 6.4), it would close this socket late, and the next one with it.
      if (!(error instanceof TokenRefreshError)) throw error;
      couldRefresh = false;
      return token;
    }
  }

  return {
    async connectionParams() {
      token = await chooseToken();
      return token === undefined ? {} : { authorization: `Bearer ${token}` };
    },
    shouldRetry(errorOrClose) {
      if (errorOrClose instanceof Error) return false;
      const { code } = Object(errorOrClose);
      if (code === tokenExpired) return shortConnections < maxShortConnections;
      if (code === subjectChanged) return !isSignedOut;
      return !(code >= 4400 && code < 4500);
    },
    on: {
      opened(opened) {
        socket = isClosable(opened) ? opened : undefined;
      },
      connected() {
        connectedAt = performance.now();
      },
      closed(event) {
        isExpired = Object(event).code === tokenExpired;
        const isShort = connectedAt === undefined || performance.now() - connectedAt < shortMs;
        if (!isExpired || !isShort) shortConnections = 0;
        else if (couldRefresh) shortConnections += 1;
        socket = undefined;
        connectedAt = undefined;
      },
    },
  };
}

function isClosable(socket: unknown): socket is ClosableSocket {
  return typeof Object(socket).close === 'function';
}
