import type { ClaimsUnavailableError } from '../../../errors.ts';
import { UnusableBodyError } from '../../../httpClient/fetchText.ts';
import type { Subject, SubjectKey } from '../../../token/principal.ts';
import { type ListedClaims, memberOf, optionalMemberOf, parseClaimsList } from '../claimsList.ts';
import { describeType } from '../describeType.ts';
import { type ParseClaims, parseRecord } from '../parseRecord.ts';
import type { ClaimsRequest } from './claimsRequest.ts';
import type { EndpointAnswer } from './exchange.ts';

/** The claims of one subject as they were answered, or why they were not understood; with their etag if there is one. */
export interface AnsweredClaims<C> {
  readonly key: SubjectKey;
  readonly claims: C | ClaimsUnavailableError;
  readonly etag: string | undefined;
}

/**
 * Status, content type and JSON of an answer, down to each subject's claims. Throws on anything that is not as agreed, and
 * on subjects that were not asked for: who mixes up one may have mixed up others. No message quotes the body.
 */
export function parseClaimsAnswer<C>(
  answer: EndpointAnswer,
  request: ClaimsRequest<C>,
  parse: ParseClaims<C>,
): readonly AnsweredClaims<C>[] {
  if (answer instanceof UnusableBodyError) throw answer;
  if (answer.status !== 200) throw new TypeError(`expected status 200; got ${answer.status}`);
  const type = (answer.headers.get('content-type') ?? 'none').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new TypeError(`content-type: expected application/json; got ${type}`);
  return parseClaimsList(parseJson(answer.text)).map((listed) => {
    const subject = request.subjects.get(listed.key);
    if (!subject) throw new TypeError(`${listed.place}: expected a subject that was asked for; got another`);
    return parseEntry(listed, subject, request, parse);
  });
}

function parseEntry<C>(
  { place, key, entry }: ListedClaims,
  subject: Subject,
  request: ClaimsRequest<C>,
  parse: ParseClaims<C>,
): AnsweredClaims<C> {
  const unchanged = optionalMemberOf(entry, 'unchanged');
  if (unchanged === undefined) {
    if (!Object.hasOwn(entry, 'claims')) throw new TypeError(`${place}: expected "claims" or "unchanged"; got neither`);
    const etag = parseEtag(`${place}.etag`, optionalMemberOf(entry, 'etag'));
    return { key, etag, claims: parseRecord(parse, memberOf(entry, 'claims'), subject) };
  }
  if (unchanged !== true) throw new TypeError(`${place}.unchanged: expected true; got ${describeType(unchanged)}`);
  const known = request.known.get(key);
  if (!known || optionalMemberOf(entry, 'claims') !== undefined) {
    throw new TypeError(`${place}.unchanged: expected only in place of claims whose etag was sent`);
  }
  return { key, ...known };
}

function parseEtag(place: string, etag: unknown): string | undefined {
  if (etag === undefined) return undefined;
  if (typeof etag === 'string' && etag !== '' && etag.length <= 256) return etag;
  throw new TypeError(`${place}: expected a text of 1 to 256 characters; got ${describeType(etag)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: its message quotes the text.
    throw new TypeError(`expected JSON; got ${describeType(text)} that is not`);
  }
}
