import type { Logger } from 'pino';

/**
 * Logs a rejection that nobody waits for, where Node would end the process and with it every other request. The engine
 * leaves none behind, whatever executes; this is for resolvers and libraries that do.
 */
export function logUnhandledRejections(logger: Pick<Logger, 'error'>): void {
  process.on('unhandledRejection', (error) => {
    logger.error({ err: error }, 'unhandled promise rejection');
  });
}
