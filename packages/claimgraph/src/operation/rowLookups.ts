import DataLoader from 'dataloader';
import { ClaimsUnavailableError } from '../errors.ts';
import type { ClaimGroup, LookupAnswer, LookupKey, RowLookup, RowLookups } from '../logic/decisionInput.ts';
import { ignoreOutcome, isThenable, type MaybePromise } from '../logic/maybePromise.ts';
import type { Principal } from '../token/principal.ts';

/** Told of a look-up that failed as a whole, for the log: what it was for reads CLAIMS_UNAVAILABLE. Must not throw. */
export type ReportLookupFailure = (error: ClaimsUnavailableError) => void;

/** What one look-up has answered by the claims of one group. */
interface KnownAnswers {
  readonly answers: Map<LookupKey, MaybePromise<LookupAnswer>>;
  readonly loader: DataLoader<LookupKey, Answered>;
}

/** DataLoader would reject for an error that is an answer. */
interface Answered {
  readonly answer: LookupAnswer;
}

/** The look-ups of one operation: what is asked at one moment is one call, and an answer is never asked for again. */
export function createRowLookups(report: ReportLookupFailure): RowLookups {
  const known = new Map<RowLookup, Map<ClaimGroup, KnownAnswers>>();

  return {
    find({ lookup, claimGroup, key }) {
      const answer = known.get(lookup)?.get(claimGroup)?.answers.get(key);
      return answer instanceof Promise ? undefined : answer;
    },
    ask({ lookup, claimGroup, key }, caller, claims) {
      const byGroup = known.get(lookup) ?? new Map<ClaimGroup, KnownAnswers>();
      known.set(lookup, byGroup);
      const { answers, loader } = byGroup.get(claimGroup) ?? createAnswers(lookup, caller, claims);
      byGroup.set(claimGroup, { answers, loader });
      const asked = answers.get(key);
      if (asked !== undefined) return asked;
      const asking = loader.load(key).then(({ answer }) => {
        answers.set(key, answer);
        return answer;
      });
      answers.set(key, asking);
      return asking;
    },
  };

  function createAnswers(lookup: RowLookup, caller: Principal, claims: unknown): KnownAnswers {
    const load = (keys: readonly LookupKey[]) => answerAll(lookup, keys, claims, caller, report);
    return { answers: new Map(), loader: new DataLoader(load, { cache: false, maxBatchSize: lookup.maxKeys }) };
  }
}

/** Never rejects: what could not be told is an answer too, for each of the keys. */
async function answerAll(
  lookup: RowLookup,
  keys: readonly LookupKey[],
  claims: unknown,
  caller: Principal,
  report: ReportLookupFailure,
): Promise<readonly Answered[]> {
  try {
    const answers = await loadInTime(lookup, keys, claims, caller);
    if (!(answers instanceof Map)) throw new TypeError(`expected a Map of answers; got ${typeof answers}`);
    return keys.map((key) => ({ answer: toAnswer(lookup, answers.get(key)) }));
  } catch (cause) {
    const error = toFailure(lookup, cause);
    report(error);
    return keys.map(() => ({ answer: error }));
  }
}

function toAnswer(lookup: RowLookup, answer: unknown): LookupAnswer {
  if (answer instanceof Error) return toFailure(lookup, answer);
  if (!isThenable(answer)) return answer === true;
  ignoreOutcome(answer);
  return toFailure(lookup, new TypeError('expected true, false or an Error for a key; got a promise'));
}

function toFailure({ sentence }: RowLookup, cause: unknown): ClaimsUnavailableError {
  return new ClaimsUnavailableError(`the look-up of the rule "${sentence}" failed`, { cause });
}

async function loadInTime(
  { load, timeoutMs }: RowLookup,
  keys: readonly LookupKey[],
  claims: unknown,
  caller: Principal,
): Promise<unknown> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`expected an answer within ${timeoutMs} ms; got none`);
      abort.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([load(keys, claims, caller, abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
