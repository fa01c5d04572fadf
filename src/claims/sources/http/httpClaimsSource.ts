import { LRUCache } from 'lru-cache';
import { ClaimsUnavailableError } from '../../../errors.ts';
import { reasonOf } from '../../../outbound/fetchText.ts';
import type { SubjectKey } from '../../../token/principal.ts';
import type { ClaimsSource } from '../../claimsSource.ts';
import { askableSubjects } from '../askableSubjects.ts';
import { chunksOf } from '../chunksOf.ts';
import { createStoreCalls } from '../storeCalls.ts';
import { type ClaimsRequest, toClaimsRequest, type VersionedClaims } from './claimsRequest.ts';
import { exchange } from './exchange.ts';
import { type HttpClaimsSourceOptions, parseHttpClaimsSourceOptions } from './httpClaimsSourceOptions.ts';
import { type AnsweredClaims, parseClaimsAnswer } from './parseClaimsAnswer.ts';

/**
 * Business claims from an HTTP endpoint; docs/claims-sources.md has the agreement with it. The endpoint gets
 * `POST { "subjects": [{ kind, issuer, subject, version? }] }` and answers 200 with
 * `{ "claims": [{ kind, issuer, subject, claims, version? }] }`, an entry for each subject that has a record.
 *
 * `version` is per subject what an ETag is per resource (RFC 9110 section 8.8.3): sent again with the next question, it
 * lets the endpoint answer `"unchanged": true` without working the claims out. A real ETag would cover the batch, which is
 * another one every time, and If-None-Match on a POST means something else (section 13.1.2); a GET for each subject would
 * give up batches and put identities into the logs of whatever is in between (section 17.9).
 *
 * Rejects with ClaimsUnavailableError. What the endpoint answers is judged outside of the breaker: one malformed record
 * must not keep everybody else's claims away.
 */
export function createHttpClaimsSource<C>(given: HttpClaimsSourceOptions<C>): ClaimsSource<C> {
  const options = parseHttpClaimsSourceOptions(given);
  const { url, parse, timeoutMs, breaker, maxSubjects, maxVersions } = options;
  const store = new URL(url).origin;
  const calls = createStoreCalls({ store, timeoutMs, breaker });
  const versions = maxVersions === 0 ? undefined : new LRUCache<SubjectKey, VersionedClaims<C>>({ max: maxVersions });

  function remember(asked: readonly ClaimsRequest<C>[], answered: readonly AnsweredClaims<C>[]): void {
    for (const { known } of asked) for (const key of known.keys()) versions?.delete(key);
    for (const { key, claims, version } of answered) {
      if (version !== undefined) versions?.set(key, { version, claims });
    }
  }

  return {
    async fetchClaims(subjects) {
      const requests = chunksOf(askableSubjects(subjects), maxSubjects).map((chunk) =>
        toClaimsRequest(chunk, (key) => versions?.get(key)),
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
