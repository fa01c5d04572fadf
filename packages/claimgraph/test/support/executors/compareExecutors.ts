import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql';
import { compileOperation } from '../../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../../src/execute/executeCompiled.ts';
import { stringifyResult, trackResult } from '../../../src/execute/stringifyResult.ts';
import type { GuardedSchema } from '../../../src/guard/guardedSchema.ts';
import type { Authorization } from '../../../src/operation/authorization.ts';
import { causeOf } from '../../../src/operation/guardError.ts';
import { planOperation } from '../../../src/operation/operationPlan.ts';
import type { ResultMeter } from '../../../src/operation/resultMeter.ts';
import { nextTurn } from '../until.ts';
import type { RandomDocument } from './randomDocument.ts';

/** A schema whose resolvers say that they were called, and give the same values again when started again. */
export interface TestWorld {
  readonly guarded: GuardedSchema;
  start(): void;
  takeCalled(): readonly string[];
  toContext(authorization: Authorization): { readonly authorization: Authorization };
}

/** Everything of an execution that anybody can see. */
export interface Seen {
  /** The data as JSON: the order of its members counts. */
  readonly json: string;
  readonly errors: readonly unknown[];
  readonly called: readonly string[];
  readonly refusals: unknown;
  readonly outcomes: unknown;
  readonly isSync: boolean;
}

export type Comparison =
  | { readonly kind: 'invalid' | 'left to graphql-js' }
  | {
      readonly kind: 'compared';
      readonly expected: Seen;
      readonly got: Seen;
      /** How many rejections nobody waited for, by graphql-js and by the compiled query. */
      readonly lost: readonly [number, number];
    };

/** Executes one document twice, for a caller whose claims are settled the same way both times; each time with such a meter. */
export async function compareExecutors(
  world: TestWorld,
  { query, variables: given }: RandomDocument,
  authorize: () => Authorization,
  takeLost: () => number,
  meter?: () => ResultMeter,
): Promise<Comparison> {
  const { schema, plans } = world.guarded;
  const document = parse(query);
  if (validate(schema, document).length > 0) return { kind: 'invalid' };
  const operation = getOperationAST(document);
  if (!operation) return { kind: 'invalid' };
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (!coerced) return { kind: 'invalid' };
  const compiled = compileOperation({ schema, plans, document, operation, variables: coerced });
  if (!compiled) return { kind: 'left to graphql-js' };
  const plan = planOperation(schema, plans, document, operation, coerced);

  const see = async (
    run: (context: { readonly authorization: Authorization }) => ReturnType<typeof execute>,
    stringify: (result: ExecutionResult) => string,
  ): Promise<Seen> => {
    const authorization = authorize();
    await authorization.loadClaims(plan.fields.keys());
    if (meter) authorization.operation = { plan, variables: coerced, meter: meter() };
    world.start();
    const running = run(world.toContext(authorization));
    const isSync = !('then' in running);
    const result = await running;
    const seen = { json: stringify(result), errors: result.errors?.map(toSeenError) ?? [] };
    // What a lost list has left behind goes on calling resolvers.
    for (const _turn of [1, 2, 3, 4]) await nextTurn();
    return {
      ...seen,
      called: world.takeCalled(),
      isSync,
      refusals: authorization.refusals(),
      outcomes: authorization.denialOutcomes(),
    };
  };

  takeLost();
  const expected = await see(
    (contextValue) => execute({ schema, document, variableValues: given, contextValue }),
    ({ data }) => `${JSON.stringify({ data })}\n`,
  );
  const lostByGraphql = takeLost();
  const got = await see(
    (context) => executeCompiled(compiled, { variables: coerced, context }),
    ({ data }) => {
      if (data) trackResult(data, compiled);
      return stringifyResult({ data });
    },
  );
  return { kind: 'compared', expected, got, lost: [lostByGraphql, takeLost()] };
}

function toSeenError(error: GraphQLError) {
  const { message, path, locations, extensions } = error;
  return {
    // How a value is written out is for the log only.
    message: message
      .replace(/^.* is not a function.*/, '… is not a function')
      .replace(/(but got: |serialize\(|with value |cannot represent[^:]*: ).*$/s, '$1…'),
    path,
    locations,
    extensions,
    cause: causeOf(error)?.constructor.name,
  };
}
