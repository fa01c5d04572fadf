/** Every failure that this project names. A code of a new kind is one file of `errors/` and one row of docs/errors.md. */
export { AppError, type AppErrorOptions, type ErrorDetails } from './errors/appError.ts';
export * from './errors/authentication.ts';
export * from './errors/configuration.ts';
export * from './errors/input.ts';
export * from './errors/internal.ts';
export * from './errors/permission.ts';
export * from './errors/rateLimited.ts';
export * from './errors/stopped.ts';
export * from './errors/unavailable.ts';
