import { type GraphQLError, OperationTypeNode } from 'graphql';
import { AppError } from '../errors.ts';
import { causeOf } from './guardError.ts';

interface Executed {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/**
 * The outage that left nothing of an executed operation to answer: every root field is null because of one. The response
 * then fails as a whole (503, Retry-After) although it was executed, so that clients, proxies and health checks see it. A
 * root field of a mutation must have failed itself: one whose answer could not be read back has been made.
 */
export function outageOf(operation: OperationTypeNode, { data, errors = [] }: Executed): AppError | undefined {
  const lost = new Set<unknown>();
  let first: AppError | undefined;
  for (const error of errors) {
    const cause = causeOf(error);
    if (!(cause instanceof AppError) || !cause.isFailure || cause.retryAfterSeconds === undefined) return undefined;
    const { path = [] } = error;
    if (operation === OperationTypeNode.MUTATION && path.length > 1) return undefined;
    lost.add(path[0]);
    first ??= cause;
  }
  const isLost = Object.entries(data ?? {}).every(([name, value]) => value === null && lost.has(name));
  return isLost ? first : undefined;
}
