import type { Logger } from 'pino';

const quietMs = 1_000;

/**
 * Logs why requests get DATA_UNAVAILABLE: at most once a second, with how often it was not logged since, for in an outage
 * every request has the same to say.
 */
export function createOutageLog(logger: Pick<Logger, 'warn'>, now: () => number = Date.now): (error: unknown) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  let unlogged = 0;
  return (error) => {
    // A clock that was set back is no reason to be silent.
    if (Math.abs(now() - loggedAt) < quietMs) {
      unlogged += 1;
      return;
    }
    logger.warn({ err: error, unlogged }, 'data unavailable');
    loggedAt = now();
    unlogged = 0;
  };
}
