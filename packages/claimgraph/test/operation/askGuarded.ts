import { execute, type GraphQLError, parse } from 'graphql';
import type { GuardedSchema } from '../../src/guard/guardedSchema.ts';
import { createFormatError } from '../../src/operation/formatError.ts';
import { planOperation } from '../../src/operation/operationPlan.ts';
import { authorize, type Operation, readOperation } from '../support/guardedExecution.ts';

/** One operation, and what else is in its context. */
export interface Question extends Operation {
  readonly context?: Readonly<Record<string, unknown>>;
  /** The rules get exactly this object; whoever gives it puts the authorization in. */
  readonly wrapContext?: (context: object) => object;
}

export interface Shown {
  readonly path: string;
  readonly code: unknown;
  readonly message: string;
}

/** Executes without the pre-flight, and shows the errors as a client reads them. `reported` is what the log is told. */
export async function askGuarded({ schema, plans }: GuardedSchema, question: Question) {
  const { operation, document, variables } = readOperation(schema, question);
  const { authorization, loads } = authorize(question.principal, question.claims);
  const plan = planOperation(schema, plans, document, operation, variables);
  await authorization.loadClaims(plan.fields.keys());
  const context = { authorization, ...question.context };
  const contextValue = question.wrapContext ? question.wrapContext(context) : context;
  const given = execute({ schema, document: parse(question.query), variableValues: question.variables, contextValue });
  const { data, errors = [] } = await given;
  const reported: unknown[] = [];
  return {
    // Results have null prototypes; as JSON they compare with plain objects.
    data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
    errors: toShown(errors, reported),
    reported,
    loads: loads(),
    refusals: authorization.refusals(),
    atOnce: !(given instanceof Promise),
  };
}

export function toShown(errors: readonly GraphQLError[], reported: unknown[] = []): readonly Shown[] {
  const formatError = createFormatError((_errorId, error) => reported.push(error));
  return errors.map((error) => {
    const { message, extensions } = formatError(error.toJSON(), error);
    return { path: (error.path ?? []).join('.'), code: extensions?.code, message };
  });
}
