import { LRUCache } from 'lru-cache';
import { ClaimsUnavailableError } from '../../../errors.ts';
import { reasonOf } from '../../../httpClient/fetchText.ts';
import type { SubjectKey } from '../../../token/principal.ts';
import type { UncountedClaimsSource } from '../../claimsSource.ts';
import { chunksOf } from '../chunksOf.ts';
import { createStoreCalls } from '../storeCalls.ts';
import { validSubjects } from '../validSubjects.ts';
import { type ClaimsRequest, type TaggedClaims, toClaimsRequest } from './claimsRequest.ts';
import { exchange } from './exchange.ts';
import { type HttpClaimsSourceOptions, parseHttpClaimsSourceOptions } from './httpClaimsSourceOptions.ts';
import { type AnsweredClaims, parseClaimsAnswer } from './parseClaimsAnswer.ts';

/**
 * Business claims from an HTTP endpoint; docs/claims-sources.md has the agreement with it. The endpoint gets
 * `POST { "subjects": [{ kind, tenant?, issuer, subject, etag? }] }` and answers 200 with
 * `{ "claims": [{ kind, tenant?, issuer, subject, claims, etag? }] }`, an entry for each subject that has a record.
 *
 * `etag` is the entity tag of one subject's claims (RFC 9110 section 8.8.3): sent again with the next question, it lets
 * the endpoint answer `"unchanged": true` without working the claims out, as 304 does. It stands with each subject and not
 * in the ETag header, which would cover the batch, another one every time, and If-None-Match on a POST means something else
 * (section 13.1.2); a GET for each subject would give up batches and put identities into the logs of whatever is in between
 * (section 17.9).
 *
 * Rejects with ClaimsUnavailableError. What the endpoint answers is judged outside of the breaker: one malformed record
 * must not keep everybody else's claims away.
 */
export function createHttpClaimsSource<C>(given: HttpClaimsSourceOptions<C>): UncountedClaimsSource<C> {
  const options = parseHttpClaimsSourceOptions(given);
  const { url, parse, timeoutMs, breaker, maxSubjects, maxEtags } = options;
  const store = new URL(url).origin;
  const calls = createStoreCalls({ store, timeoutMs, breaker });
  const etags = maxEtags === 0 ? undefined : new LRUCache<SubjectKey, TaggedClaims<C>>({ max: maxEtags });

  function remember(asked: readonly ClaimsRequest<C>[], answered: readonly AnsweredClaims<C>[]): void {
    for (const { known } of asked) for (const key of known.keys()) etags?.delete(key);
    for (const { key, claims, etag } of answered) {
      const isUsable = !(claims instanceof ClaimsUnavailableError);
      if (isUsable && etag !== undefined) etags?.set(key, { etag, claims });
    }
  }

  return {
    async fetchClaims(subjects) {
      const requests = chunksOf(validSubjects(subjects), maxSubjects).map((chunk) =>
        toClaimsRequest(chunk, (key) => etags?.get(key)),
      );
      if (requests.length === 0) return new Map();
      const answers = await calls.run((signal) =>
        Promise.all(
          requests.map(async (request) => ({ request, answer: await exchange(request.body, options, signal) })),
        ),
      );
      try {
        const answered = answers.flatMap(({ request, answer }) => parseClaimsAnswer(answer, request, parse));
        remember(requests, answered);
        return new Map(answered.map(({ key, claims }) => [key, claims]));
      } catch (cause) {
        if (cause instanceof ClaimsUnavailableError) throw cause;
        throw new ClaimsUnavailableError(`claims from ${store}: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}
