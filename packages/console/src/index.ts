/** The development console: a page, and what it asks of the API that it is about. */
export { type ConsoleOptions, createConsole, type SignInSettings } from './createConsole.ts';
export type { RightsForm } from './wire.ts';
