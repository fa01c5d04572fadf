import type { AppError } from '../errors.ts';

/**
 * The `WWW-Authenticate` header that goes with an error (RFC 6750 section 3, RFC 9470 section 3), or undefined for an
 * error that other credentials would not cure.
 */
export function toChallenge({ challenge }: AppError): string | undefined {
  if (!challenge) return undefined;
  const pairs = Object.entries({ realm: 'claimgraph', ...challenge });
  return `Bearer ${pairs.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}`;
}

/** RFC 6750 section 3 allows neither quotes nor backslashes inside, so nothing needs escaping; other characters become "?". */
function quote(value: string): string {
  return `"${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')}"`;
}
