import type { Subject } from 'claimgraph';

/** Told of the business records that this process has changed, once that is committed. */
export interface ClaimsInvalidator {
  /**
   * Resolves when no request that this process gets from now on is decided by what was before; the other processes hear
   * of it from the database. Rejects with AuthenticationUnavailableError when that cannot be had now.
   */
  invalidate(subjects: readonly Subject[]): Promise<void>;
}
