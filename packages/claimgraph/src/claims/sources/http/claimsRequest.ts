import type { Subject, SubjectKey } from '../../../token/principal.ts';
import { toSubjectKey } from '../../../token/principal.ts';

/** The claims of a subject and the etag that the endpoint gave them. */
export interface TaggedClaims<C> {
  readonly etag: string;
  readonly claims: C;
}

/** One request to the endpoint: whom it asks for, and what of them it has. */
export interface ClaimsRequest<C> {
  readonly subjects: ReadonlyMap<SubjectKey, Subject>;
  readonly known: ReadonlyMap<SubjectKey, TaggedClaims<C>>;
  /** JSON: `{ "subjects": [{ kind, tenant?, issuer, subject, etag? }] }`. */
  readonly body: string;
}

/** What is known is kept with the request, since it may be forgotten before the answer that relies on it arrives. */
export function toClaimsRequest<C>(
  subjects: readonly Subject[],
  lookUp: (key: SubjectKey) => TaggedClaims<C> | undefined,
): ClaimsRequest<C> {
  const byKey = new Map(subjects.map((subject) => [toSubjectKey(subject), subject]));
  const known = new Map<SubjectKey, TaggedClaims<C>>();
  for (const key of byKey.keys()) {
    const tagged = lookUp(key);
    if (tagged) known.set(key, tagged);
  }
  const asked = [...byKey].map(([key, { kind, tenant, issuer, subject }]) => {
    const etag = known.get(key)?.etag;
    return { kind, ...(tenant !== undefined && { tenant }), issuer, subject, ...(etag !== undefined && { etag }) };
  });
  return { subjects: byKey, known, body: JSON.stringify({ subjects: asked }) };
}
