import { ClaimsUnavailableError } from '../errors.ts';
import type { Subject, SubjectKey } from '../token/principal.ts';
import { type ClaimsCache, createClaimsCache } from './claimsCache.ts';
import type { ClaimsCacheOptions } from './claimsCacheOptions.ts';
import type { SharedClaimsOptions } from './redis/sharedClaims.ts';

/** A source, and what of its cache is to be other than by default. */
export type ClaimsSettings<C> = Pick<ClaimsCacheOptions<C>, 'source'> & Partial<Omit<ClaimsCacheOptions<C>, 'tier'>>;

/** Where a server's claims come from: those of no group, those of groups (see `inGroup`), or both. */
export type ServerClaimsSettings<C, Groups> = (ClaimsSettings<C> | { readonly source?: never }) & {
  /** By name, each with settings of its own: none of those beside `groups` are for them. */
  readonly groups?: { readonly [Name in keyof Groups]: ClaimsSettings<Groups[Name]> };
  /** Several processes share their answers, those of groups too; each has only its own unless given. */
  readonly shared?: SharedClaimsOptions | undefined;
};

/** The claims of a server: those of no group, and beside them groups that are loaded, remembered and fail apart. */
export interface ServerClaims<C, Groups> extends ClaimsCache<C> {
  /** For one group. `get` and `peek` beside it are for the claims of no group; to invalidate and to close is for all. A
   * revision is of the store behind the claims of no group: those of groups are invalidated as without one. */
  readonly groups: { readonly [Name in keyof Groups]: ClaimsCache<Groups[Name]> };
}

/**
 * One cache for each group, and one for the claims of no group; `complete` fills in the defaults of a server, and
 * `toCanonical` spells the issuer of an identity that is told of as principals have it.
 */
export function createServerClaims<C, Groups>(
  { groups, shared: _shared, ...ungrouped }: ServerClaimsSettings<C, Groups>,
  complete: <T>(settings: ClaimsSettings<T>, group?: string) => ClaimsCacheOptions<T>,
  toCanonical: (told: Subject | SubjectKey) => Subject | SubjectKey = (told) => told,
): ServerClaims<C, Groups> {
  const own = ungrouped.source ? createClaimsCache(complete(ungrouped)) : withoutSource<C>();
  const entries = Object.entries<ClaimsSettings<unknown>>(groups ?? {}).map(([name, settings]) => {
    return [name, createClaimsCache(complete(settings, name))] as const;
  });
  const ofGroups = entries.map(([, cache]) => cache);
  return {
    ...own,
    groups: Object.fromEntries(entries) as ServerClaims<C, Groups>['groups'],
    invalidate(told, revision) {
      const subject = toCanonical(told);
      own.invalidate(subject, revision);
      for (const cache of ofGroups) cache.invalidate(subject);
    },
    invalidateAll(revision) {
      own.invalidateAll(revision);
      for (const cache of ofGroups) cache.invalidateAll();
    },
    close() {
      for (const cache of [own, ...ofGroups]) cache.close();
    },
  };
}

function withoutSource<C>(): ClaimsCache<C> {
  return {
    get: () => Promise.reject(new ClaimsUnavailableError('claims of no group have no source: all are in groups')),
    peek: () => undefined,
    invalidate() {},
    invalidateAll() {},
    close() {},
  };
}
