import { AppError, AuthenticationUnavailableError, UnauthenticatedError } from '../errors.ts';
import type { Principal } from '../token/principal.ts';

/** Sees to it that whoever listens still may: somebody without a request to be refused at. */
export interface CallerWatch {
  /**
   * Asks `check` again and again; `onEnd` is told once of the AppError that it rejects with. The returned function ends it.
   */
  watch(check: () => Promise<void>, onEnd: (error: AppError) => void): () => void;
}

/** Often enough that what is revoked ends within a second. */
export const defaultRecheckMs = 500;

/** One timer for all who are watched; none while there is nobody. */
export function createCallerWatch(everyMs: number = defaultRecheckMs): CallerWatch {
  const watched = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function remove(one: () => void): void {
    watched.delete(one);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    watch(check, onEnd) {
      let isChecking = false;
      const one = () => {
        if (isChecking) return;
        isChecking = true;
        check().then(
          () => {
            isChecking = false;
          },
          (error: unknown) => {
            if (!watched.has(one)) return;
            remove(one);
            onEnd(toAppError(error));
          },
        );
      };
      watched.add(one);
      timer ??= setInterval(() => {
        for (const each of watched) each();
      }, everyMs).unref();
      return () => remove(one);
    },
  };
}

/** Throws UnauthenticatedError when the caller's token is over, to the second: nobody refuses it later. */
export function assertNotExpired(principal: Principal, now: number = Date.now()): void {
  if (principal.kind === 'anonymous' || now < principal.expiresAt * 1000) return;
  throw new UnauthenticatedError('expired', 'the access token expired while it was used');
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AuthenticationUnavailableError('a caller could not be checked again', { cause: error });
}
