import { inspect } from 'node:util';
import { ConfigurationError } from 'claimgraph';

/** What a process says that could not start: what to set, or everything that is known, causes too. */
export function describeStartFailure(error: unknown): string {
  return error instanceof ConfigurationError ? error.message : inspect(error);
}
