import { AppError } from './appError.ts';

/** What was wrong with a value: `got` is shown to the client, so it must come from the client. */
export type InputProblem = { readonly field: string; readonly expected: string; readonly got: string };

/** The caller sent something unusable. All three details are shown to the client. */
export class BadUserInputError extends AppError<InputProblem> {
  readonly code = 'BAD_USER_INPUT';
  readonly httpStatus = 400;
  readonly clientMessage: string;

  constructor({ field, expected, got }: InputProblem) {
    const message = `${field}: expected ${expected}; got ${got}`;
    super(message, { details: { field, expected, got } });
    this.clientMessage = `${message}.`;
  }
}

/** A business limit refused an argument. */
export class LimitExceededError extends AppError<{ readonly limit: number }> {
  readonly code = 'LIMIT_EXCEEDED';
  readonly httpStatus = 200;
  readonly clientMessage: string;

  constructor(message: string, limit: number) {
    super(message, { details: { limit } });
    this.clientMessage = `The limit is ${limit}.`;
  }
}

/** What the limits on an operation count. */
export type CountedOfOperation = keyof typeof units;

/** The operation has more of something than the limits allow. `cost` is how many there are. */
export class OperationTooComplexError extends AppError<{
  readonly limit: number;
  readonly cost: number;
  readonly counted: CountedOfOperation;
}> {
  readonly code = 'OPERATION_TOO_COMPLEX';
  readonly httpStatus = 400;
  readonly clientMessage: string;

  constructor(counted: CountedOfOperation, cost: number, limit: number) {
    super(`the operation has ${counted}: ${cost}; the limit is ${limit}`, { details: { limit, cost, counted } });
    this.clientMessage = `The operation has ${cost} ${units[counted]}; the limit is ${limit}.`;
  }
}

const units = {
  tokens: 'tokens',
  fields: 'fields, with each fragment counted wherever it is spread',
  rootFields: 'root fields',
  depth: 'levels of fields',
  cost: 'values in its result, by the sizes of the lists that it asks for',
} as const;

/** The operation asks for the schema, which is shown to nobody here. The code is that of other servers for the same. */
export class IntrospectionDisabledError extends AppError {
  readonly code = 'GRAPHQL_VALIDATION_FAILED';
  readonly httpStatus = 400;
  readonly clientMessage = 'Introspection is disabled.';
}
