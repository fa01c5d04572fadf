import { types } from 'node:util';
import type { IssuerNames } from './issuerNames.ts';
import type { SubjectKey } from './principal.ts';
import type { SubjectRevocation } from './revocationSource.ts';

// What is not understood must not pass for "nothing is held against them": a comparison with NaN is false.

/**
 * What a source gave for all identities, or for those of `asked`, by their canonical issuers. Throws a TypeError for
 * anything that is not that.
 */
export function parseSubjectRevocations(
  answer: unknown,
  names: IssuerNames,
  asked?: ReadonlySet<SubjectKey>,
): Map<SubjectKey, SubjectRevocation> {
  if (!types.isMap(answer)) throw new TypeError('the revocation source must give a Map of identities');
  const parsed = new Map<SubjectKey, SubjectRevocation>();
  for (const [name, value] of answer) {
    const key = names.toCanonicalKey(name as SubjectKey);
    if (asked && !asked.has(key))
      throw new TypeError('the revocation source must give only identities it was asked for');
    parsed.set(key, both(parsed.get(key), parseSubjectRevocation(value)));
  }
  return parsed;
}

/** Of one identity that has an entry under each of two names of its issuer. */
function both(one: SubjectRevocation | undefined, other: SubjectRevocation): SubjectRevocation {
  if (!one) return other;
  const moments = [one.validAfterMs, other.validAfterMs].filter((moment) => moment !== undefined);
  return {
    suspended: one.suspended || other.suspended,
    validAfterMs: moments.length === 0 ? undefined : Math.max(...moments),
  };
}

/** One string per sign-in: no issuer contains a space. */
export function toSignInKey(issuer: string, originTokenId: string): string {
  return `${issuer} ${originTokenId}`;
}

export function parseRevokedSignIns(answer: unknown, names: IssuerNames): ReadonlySet<string> {
  if (!Array.isArray(answer)) throw new TypeError('the revocation source must give an array of sign-ins');
  return new Set(
    answer.map((signIn: unknown) => {
      const { issuer, originTokenId } = fieldsOf(signIn);
      if (typeof issuer === 'string' && typeof originTokenId === 'string') {
        return toSignInKey(names.canonical(issuer), originTokenId);
      }
      throw new TypeError('a revoked sign-in must have the texts "issuer" and "originTokenId"; got another type');
    }),
  );
}

function parseSubjectRevocation(value: unknown): SubjectRevocation {
  const { suspended, validAfterMs } = fieldsOf(value);
  if (typeof suspended !== 'boolean') throw new TypeError('"suspended" must be true or false; got another type');
  if (validAfterMs !== undefined && (typeof validAfterMs !== 'number' || !Number.isFinite(validAfterMs))) {
    throw new TypeError('"validAfterMs" must be undefined or a finite number; got something else');
  }
  return { suspended, validAfterMs };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value };
  throw new TypeError('an entry of the revocation source must be an object; got another type');
}
