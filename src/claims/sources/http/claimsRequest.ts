import type { Subject, SubjectKey } from '../../../token/principal.ts';
import { toSubjectKey } from '../../../token/principal.ts';

/** The claims of a subject and the version that the endpoint gave them. */
export interface VersionedClaims<C> {
  readonly version: string;
  readonly claims: C;
}

/** One request to the endpoint: whom it asks for, and what of them it has. */
export interface ClaimsRequest<C> {
  readonly subjects: ReadonlyMap<SubjectKey, Subject>;
  readonly known: ReadonlyMap<SubjectKey, VersionedClaims<C>>;
  /** JSON: `{ "subjects": [{ kind, issuer, subject, version? }] }`. */
  readonly body: string;
}

/** What is known is kept with the request, since it may be forgotten before the answer that relies on it arrives. */
export function toClaimsRequest<C>(
  subjects: readonly Subject[],
  lookUp: (key: SubjectKey) => VersionedClaims<C> | undefined,
): ClaimsRequest<C> {
  const byKey = new Map(subjects.map((subject) => [toSubjectKey(subject), subject]));
  const known = new Map<SubjectKey, VersionedClaims<C>>();
  for (const key of byKey.keys()) {
    const versioned = lookUp(key);
    if (versioned) known.set(key, versioned);
  }
  const asked = [...byKey].map(([key, { kind, issuer, subject }]) => {
    const version = known.get(key)?.version;
    return { kind, issuer, subject, ...(version !== undefined && { version }) };
  });
  return { subjects: byKey, known, body: JSON.stringify({ subjects: asked }) };
}
