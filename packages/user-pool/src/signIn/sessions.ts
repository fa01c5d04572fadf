import { createExpiringMap } from '../state/expiringMap.ts';
import { hashOpaqueToken, newOpaqueToken } from '../state/opaqueToken.ts';

/** Somebody who signed in on the sign-in page of this pool, in this browser. */
export interface Session {
  readonly username: string;
  /** When they did, in seconds since the epoch: the `auth_time` of every token that comes of the session. */
  readonly authTime: number;
}

/**
 * Whoever has signed in is not asked again for an hour, as with Cognito's managed login, whichever client sends the
 * browser. Sessions live in memory: a restart ends them.
 */
export interface Sessions {
  /** The `Set-Cookie` of a new session. */
  begin(session: Session): string;
  /** The session that a `Cookie` header names. */
  find(cookies: string | undefined): Session | undefined;
  /** Ends it; the `Set-Cookie` that removes the cookie. */
  end(cookies: string | undefined): string;
}

const lifetimeSeconds = 3600;

export function createSessions(options: {
  /** Distinguishes the cookie from those of pools on other ports: browsers keep cookies by host, for all ports. */
  readonly port: number;
  readonly now: () => number;
}): Sessions {
  const sessions = createExpiringMap<Session>({ lifetimeSeconds, maxEntries: 1000, now: options.now });
  const name = `pool_session_${options.port}`;
  // Lax: sent when an application sends the browser here, and with the hidden frame of a silent sign-in on this machine.
  const attributes = 'Path=/; HttpOnly; SameSite=Lax';
  return {
    begin(session) {
      const token = newOpaqueToken();
      sessions.set(hashOpaqueToken(token), session);
      return `${name}=${token}; ${attributes}; Max-Age=${lifetimeSeconds}`;
    },
    find(cookies) {
      const token = readCookie(cookies, name);
      return token === undefined ? undefined : sessions.get(hashOpaqueToken(token));
    },
    end(cookies) {
      const token = readCookie(cookies, name);
      if (token !== undefined) sessions.delete(hashOpaqueToken(token));
      return `${name}=; ${attributes}; Max-Age=0`;
    },
  };
}

/** RFC 6265 section 5.4: pairs separated by a semicolon and a space. */
function readCookie(cookies: string | undefined, name: string): string | undefined {
  const pair = cookies?.split(/; */).find((text) => text.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
