/** The development console: a page, and what it asks of the API that it is about. */
export { createConsole } from './createConsole.ts';
export type { ConsoleOptions, SignInSettings } from './options.ts';
export type { RightsForm } from './wire.ts';
