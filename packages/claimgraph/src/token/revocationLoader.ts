import { AuthenticationUnavailableError } from '../errors.ts';
import { exponentialMs, within } from '../waiting.ts';
import { type Subject, type SubjectKey, toSubjectKey } from './principal.ts';

/** Loads a revocation list, one load at a time. */
export interface RevocationLoader {
  /** Resolves after the first attempt. */
  start(): Promise<void>;
  /** Resolves when a load that began after this call was applied; rejects when the first such load failed. */
  load(wanted: readonly Subject[] | 'all'): Promise<void>;
  /** Gives up what is being loaded, and loads nothing more. */
  close(): void;
}

/** Puts in force what was loaded. Called at once when it has come, and never after a later load. */
type Apply = () => void;

export interface RevocationLoaderOptions {
  readonly loadAll: () => Promise<Apply>;
  readonly loadSubjects: (subjects: readonly Subject[]) => Promise<Apply>;
  /** How long after a complete load the next one begins. */
  readonly refreshMs: number;
  /** How long a load may take; what comes of it later is dropped. */
  readonly timeoutMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** What the next load is to bring, and who waits for it. */
interface Wish {
  readonly subjects: ReadonlyMap<SubjectKey, Subject> | 'all';
  readonly settle: readonly Settle[];
}

interface Settle {
  resolve(): void;
  reject(error: AuthenticationUnavailableError): void;
}

/** More identities than these are not read one by one. */
const maxSubjects = 1_000;
const firstRetryMs = 100;

/**
 * A load never overlaps another, so that none can be applied over what a later one brought; what is wanted meanwhile is
 * gathered for the next. After one that failed everything is read anew: after 100 ms, then after twice as long each time,
 * up to `refreshMs`, or as soon as something is wanted.
 */
export function createRevocationLoader(options: RevocationLoaderOptions): RevocationLoader {
  const { refreshMs, timeoutMs, onFailure } = options;
  let current: Wish | undefined;
  let next: Wish | undefined;
  let isLoading = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;

  function load(wanted: readonly Subject[] | 'all'): Promise<void> {
    if (closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const subjects = wanted === 'all' ? wanted : new Map(wanted.map((subject) => [toSubjectKey(subject), subject]));
      next = join(next, { subjects, settle: [{ resolve, reject }] });
      run();
    });
  }

  /** Begins in a microtask, so that what is wanted at once is loaded at once. */
  function run(): void {
    if (isLoading) return;
    isLoading = true;
    void Promise.resolve()
      .then(loadNext)
      .finally(() => {
        isLoading = false;
        if (!closed && next && next.settle.length > 0) run();
      });
  }

  async function loadNext(): Promise<void> {
    if (!next || closed) return;
    const { subjects, settle } = next;
    current = next;
    next = undefined;
    try {
      const loading = subjects === 'all' ? options.loadAll() : options.loadSubjects([...subjects.values()]);
      const apply = await within(
        timeoutMs,
        loading,
        () => new Error(`expected an answer within ${timeoutMs} ms; got none`),
      );
      if (closed) return;
      apply();
      failures = 0;
      if (subjects === 'all') schedule(refreshMs);
      for (const { resolve } of settle) resolve();
    } catch (cause) {
      const error = new AuthenticationUnavailableError('the revocation list could not be read', {
        cause,
        retryAfterSeconds: 1,
      });
      if (closed) return;
      for (const { reject } of settle) reject(error);
      next = join({ subjects: 'all', settle: [] }, next);
      failures += 1;
      schedule(exponentialMs(failures, { firstMs: firstRetryMs, longestMs: refreshMs }));
      onFailure(cause);
    }
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => load('all').catch(() => {}), delayMs);
    timer.unref();
  }

  return {
    start: () => load('all').catch(() => {}),
    load,
    close() {
      closed = true;
      clearTimeout(timer);
      for (const { reject } of join(current, next)?.settle ?? []) reject(closedError());
    },
  };
}

function join(one: Wish | undefined, other: Wish | undefined): Wish | undefined {
  if (!one || !other) return one ?? other;
  const settle = [...one.settle, ...other.settle];
  if (one.subjects === 'all' || other.subjects === 'all') return { subjects: 'all', settle };
  const subjects = new Map([...one.subjects, ...other.subjects]);
  return { subjects: subjects.size > maxSubjects ? 'all' : subjects, settle };
}

function closedError(): AuthenticationUnavailableError {
  return new AuthenticationUnavailableError('the revocation list is closed', { retryAfterSeconds: 1 });
}
