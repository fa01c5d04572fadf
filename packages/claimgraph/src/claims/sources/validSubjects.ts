import type { Subject } from '../../token/principal.ts';

/**
 * The subjects that a verified token can have (see token/parsePrincipal.ts). Nobody has a record under any other; sent as
 * UTF-8, a lone surrogate would even ask for somebody else's.
 */
export function validSubjects(subjects: readonly Subject[]): readonly Subject[] {
  return subjects.filter(({ issuer, subject }) => isAskable(issuer) && isAskable(subject));
}

function isAskable(text: string): boolean {
  return text !== '' && !/[\p{Cc}\p{Cs}]/u.test(text);
}
