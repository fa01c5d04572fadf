import { type Refusals, readRefusals } from 'claimgraph-client';
import { useRef } from 'react';

/**
 * The refusals of the API's last answer; undefined before the first. What Apollo Client gives out meanwhile, from its cache or
 * while it asks anew, are nulls without their errors: read as they are, a refused field would look like an empty one.
 * Wants `fetchPolicy: 'cache-and-network'`, so that the API is asked at all.
 */
export function useRefusals(result: { readonly loading: boolean }): Refusals | undefined {
  const last = useRef<Refusals>(undefined);
  if (!result.loading) last.current = readRefusals(result);
  return last.current;
}
