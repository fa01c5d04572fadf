import type { Logger } from 'pino';

/**
 * Logs a rejection that nobody waits for, where Node would end the process and with it every other request. graphql-js
 * 16.15 leaves such promises behind when one item of a list fails at once and an earlier one rejects later; the answer to
 * that request has been decided by then. Can go when graphql-js waits for them.
 */
export function logUnhandledRejections(logger: Pick<Logger, 'error'>): void {
  process.on('unhandledRejection', (error) => {
    logger.error({ err: error }, 'a promise was rejected that nobody waits for');
  });
}
