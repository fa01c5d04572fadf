import { type DestinationStream, type Logger, pino } from 'pino';

/** JSON lines, on stderr unless another destination is given. */
export function createLogger(
  level = 'info',
  destination: DestinationStream = pino.destination({ fd: 2, sync: false }),
): Logger {
  return pino({ level, serializers: { err: toLoggedError } }, destination);
}

/** PostgreSQL's `detail` of a refused row or key quotes its values, business claims among them. */
function toLoggedError(error: unknown): unknown {
  return error instanceof Error ? { ...pino.stdSerializers.err(error), detail: undefined } : error;
}
