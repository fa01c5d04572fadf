import { ConfigurationError } from 'claimgraph';

/** Why a process cannot start with its database; what says so already stays as it is. */
export function toDatabaseFailure(error: unknown): ConfigurationError {
  if (error instanceof ConfigurationError) return error;
  return new ConfigurationError(
    `the database: expected one that answers and lets us make and change its tables; got: ${reasonOf(error)}. ` +
      'Of a PostgreSQL server, DATABASE_URL says where it is, the name of the database and who asks.',
    { cause: error },
  );
}

/** Where a host has several addresses, each has an error of its own, and what holds them together has no message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
