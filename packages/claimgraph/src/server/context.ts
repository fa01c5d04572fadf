import type { ClaimsCache } from '../claims/claimsCache.ts';
import { readClaims } from '../claims/readClaims.ts';
import type { ClaimsUnavailableError } from '../errors.ts';
import type { LoadedClaims } from '../logic/decisionInput.ts';
import { type Authorization, type ClaimGroups, createAuthorization } from '../operation/authorization.ts';
import type { Cancellation } from '../operation/resultMeter.ts';
import type { Caller } from '../rules/index.ts';
import { readBearerToken } from '../token/bearerToken.ts';
import { anonymous } from '../token/principal.ts';
import { type VerifyToken, verifyWith } from '../token/verifyWith.ts';

/** What every resolver gets, whatever the domain. Made anew for each request; shared by nothing. */
export interface RequestContext<C = unknown, Groups = Readonly<Record<string, unknown>>> {
  readonly requestId: string;
  readonly authorization: Authorization<C, Groups>;
}

export interface ContextDependencies<C> {
  readonly verifyToken: VerifyToken;
  readonly claims: ClaimsCache<C>;
  /** The groups that claims are loaded in besides; none unless given. */
  readonly claimGroups?: Readonly<Record<string, ClaimsCache<unknown>>>;
  /** Told why claims, of a group or of none, could not be read: the client only learns that they could not. */
  readonly onClaimsUnavailable: (error: ClaimsUnavailableError, requestId: string, group?: string) => void;
  /** Told why a request is decided by claims that have outlived their time. */
  readonly onClaimsStale?: (error: ClaimsUnavailableError, requestId: string, group?: string) => void;
}

/** What of an HTTP request the context is made of. Cookies, query strings and other headers never say who is calling. */
export interface ContextRequest {
  readonly requestId: string;
  readonly authorizationHeaders: readonly string[];
  /** Whether the client is gone: an AbortSignal, or what says the same. Nothing more is begun for it then. */
  readonly signal?: Cancellation | undefined;
}

/**
 * The context builder: bearer token → principal → the decisions of this operation. Claims are not loaded here but when
 * the operation turns out to need them. Rejects with the AppErrors of bearer token and verifier.
 */
export function createContextBuilder<C, Groups = Readonly<Record<string, unknown>>>(
  dependencies: ContextDependencies<C>,
) {
  const { verifyToken, claims, claimGroups = {} } = dependencies;
  const caches = new Map(Object.entries(claimGroups));
  const names = [...caches.keys()];
  return async ({ requestId, authorizationHeaders, signal }: ContextRequest): Promise<RequestContext<C, Groups>> => {
    const token = readBearerToken(authorizationHeaders);
    if (token === undefined) return contextOf(createAuthorization(anonymous, refuseToLoad));
    const principal = await verifyWith(verifyToken, token);
    const load = () => loadClaims(claims, principal, { ...dependencies, requestId });
    const onLookupFailed = (error: ClaimsUnavailableError) => dependencies.onClaimsUnavailable(error, requestId);
    if (names.length === 0) {
      return contextOf(createAuthorization(principal, load, Date.now, undefined, onLookupFailed));
    }
    const groups: ClaimGroups = {
      names,
      async load(group) {
        const cache = caches.get(group);
        if (!cache) throw new TypeError(`the claims group ${group} has no source`);
        return loadClaims(cache, principal, { ...dependencies, requestId, group });
      },
    };
    return contextOf(createAuthorization(principal, load, Date.now, groups, onLookupFailed));

    function contextOf(authorization: Authorization<C, Groups>): RequestContext<C, Groups> {
      authorization.signal = signal;
      return { requestId, authorization };
    }
  };
}

interface LoadingFor extends Pick<ContextDependencies<unknown>, 'onClaimsUnavailable' | 'onClaimsStale'> {
  readonly requestId: string;
  readonly group?: string;
}

async function loadClaims<C>(
  cache: Pick<ClaimsCache<C>, 'get' | 'peek'>,
  caller: Caller,
  { onClaimsUnavailable, onClaimsStale, requestId, group }: LoadingFor,
): Promise<LoadedClaims<C>> {
  const claims = await readClaims(cache, caller);
  if (claims.state === 'unavailable') onClaimsUnavailable(claims.error, requestId, group);
  if (claims.state === 'found' && claims.stale) onClaimsStale?.(claims.stale, requestId, group);
  return claims;
}

function refuseToLoad(): never {
  throw new TypeError('an anonymous caller has no claims to load');
}
