/** Somebody that the page can ask as. Kept for this tab only, in sessionStorage: a token is in no address and no file. */
export interface Person {
  /** The username, or for a pasted token its subject. */
  readonly name: string;
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The user pool gives no token any more: they have to sign in again. */
  readonly isOver?: boolean;
}

const key = 'claimgraph.people';

export function loadPeople(): readonly Person[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
  return Array.isArray(stored) ? stored : [];
}

export function savePeople(people: readonly Person[]): void {
  sessionStorage.setItem(key, JSON.stringify(people));
}

/** What a token says. Read to be shown; whether it is to be believed, the server knows. */
export function readTokenClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

/** A token that was pasted; undefined for what is none. */
export function personOfToken(text: string): Person | undefined {
  const accessToken = text.trim().replace(/^Bearer\s+/i, '');
  const claims = readTokenClaims(accessToken);
  if (!claims) return undefined;
  const { username, client_id: client, sub, exp } = claims;
  return {
    name: String(username ?? sub ?? client ?? 'token'),
    accessToken,
    expiresAt: typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY,
  };
}
