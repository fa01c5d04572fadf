import type { Subject, SubjectKey } from '../../token/principal.ts';
import { toSubjectKey } from '../../token/principal.ts';
import { isTenantName, tenantNameRule } from '../../token/tenant.ts';
import { describeType } from './describeType.ts';

/** One entry of a list of claims; the subject is parsed, and nothing else of it yet. */
export interface ListedClaims {
  /** Where it stands, for messages: `claims[3]`. */
  readonly place: string;
  readonly key: SubjectKey;
  readonly subject: Subject;
  /** The whole entry; read its members with `memberOf`. */
  readonly entry: object;
}

/**
 * The JSON in which claims travel over HTTP and lie in files: `{ "claims": [{ kind, tenant?, issuer, subject, claims }] }`,
 * each subject at most once. Other members are ignored, and `tenant: null` is none. Throws a TypeError that names place, expected and got, never a value.
 */
export function parseClaimsList(json: unknown): readonly ListedClaims[] {
  const list = memberOf(json, 'claims');
  if (!Array.isArray(list)) throw new TypeError(`claims: expected a list; got ${describeType(list)}`);
  const placeOf = new Map<SubjectKey, string>();
  return list.map((entry: unknown, index) => {
    const listed = parseEntry(`claims[${index}]`, entry);
    const other = placeOf.get(listed.key);
    if (other !== undefined) {
      throw new TypeError(`${listed.place}: expected each subject once; got the subject of ${other}`);
    }
    placeOf.set(listed.key, listed.place);
    return listed;
  });
}

/** An own member of what JSON.parse gave; undefined when it is not there. */
export function memberOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name) ? Reflect.get(json, name) : undefined;
}

/** The same, where a serializer that knows no absent members may have written null. */
export function optionalMemberOf(json: unknown, name: string): unknown {
  return memberOf(json, name) ?? undefined;
}

function parseEntry(place: string, entry: unknown): ListedClaims {
  if (typeof entry !== 'object' || entry === null) {
    throw new TypeError(`${place}: expected an object; got ${describeType(entry)}`);
  }
  const kind = memberOf(entry, 'kind');
  if (kind !== 'user' && kind !== 'machine') {
    throw new TypeError(`${place}.kind: expected user or machine; got ${describeType(kind)}`);
  }
  const issuer = parseText(`${place}.issuer`, memberOf(entry, 'issuer'));
  // `toSubjectKey` relies on it.
  if (/\s/.test(issuer)) throw new TypeError(`${place}.issuer: expected a URL; got a text with white space`);
  const tenant = optionalMemberOf(entry, 'tenant');
  if (tenant !== undefined && !isTenantName(tenant)) {
    throw new TypeError(`${place}.tenant: expected ${tenantNameRule}; got ${describeType(tenant)}`);
  }
  const name = parseText(`${place}.subject`, memberOf(entry, 'subject'));
  const subject: Subject = { kind, ...(tenant !== undefined && { tenant }), issuer, subject: name };
  return { place, key: toSubjectKey(subject), subject, entry };
}

function parseText(place: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${place}: expected a text that is not empty; got ${describeType(value)}`);
}
