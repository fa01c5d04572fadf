import type { Subject, SubjectKey } from './principal.ts';
import type { UserPool } from './userPool.ts';

/**
 * One name for each user pool, however a token, a record or an announcement spells its issuer. Without it a person whose
 * pool has switched to another form of its issuer would be somebody else, with other claims and no revocations.
 */
export interface IssuerNames {
  /** The canonical issuer; an issuer that no pool has is its own. */
  canonical(issuer: string): string;
  toCanonical<S extends Pick<Subject, 'issuer'>>(subject: S): S;
  toCanonicalKey(key: SubjectKey): SubjectKey;
  /** The canonical issuer and all of its aliases. */
  spellings(issuer: string): readonly string[];
}

export function createIssuerNames(pools: readonly Pick<UserPool, 'issuer' | 'aliases'>[]): IssuerNames {
  const canonicalOf = new Map(
    pools.flatMap(({ issuer, aliases = [] }) => aliases.map((alias) => [alias.issuer, issuer] as const)),
  );
  const canonical = (issuer: string) => canonicalOf.get(issuer) ?? issuer;
  return {
    canonical,
    toCanonical: (subject) => {
      const issuer = canonical(subject.issuer);
      return issuer === subject.issuer ? subject : { ...subject, issuer };
    },
    toCanonicalKey(key) {
      if (canonicalOf.size === 0) return key;
      const [, kind = '', issuer = '', subject = ''] = subjectKey.exec(key) ?? [];
      return canonicalOf.has(issuer) ? (`${kind} ${canonical(issuer)} ${subject}` as SubjectKey) : key;
    },
    spellings(issuer) {
      const known = canonical(issuer);
      return [known, ...[...canonicalOf].filter(([, other]) => other === known).map(([alias]) => alias)];
    },
  };
}

/** As `toSubjectKey` makes it: of these three only the subject can contain a space. */
const subjectKey = /^(\S+) (\S+) (.*)$/s;
