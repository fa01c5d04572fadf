import { execute, type GraphQLError } from 'graphql';
import { AppError } from '../../../src/errors.ts';
import { compileOperation } from '../../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../../src/execute/executeCompiled.ts';
import type { GuardedSchema } from '../../../src/guard/guardedSchema.ts';
import type { ClaimsResult } from '../../../src/logic/decisionInput.ts';
import { applyDenyModes } from '../../../src/operation/applyDenyModes.ts';
import { createAuthorization } from '../../../src/operation/authorization.ts';
import { authorizeBeforeExecution } from '../../../src/operation/authorizeBeforeExecution.ts';
import { causeOf } from '../../../src/operation/guardError.ts';
import { createKeptDocuments } from '../../../src/operation/keptDocuments.ts';
import { createOperationPlanner } from '../../../src/operation/operationPlanner.ts';
import { anonymous, type Principal } from '../../../src/token/principal.ts';
import { machineWith, storeIsDown, userWith, withoutRecord } from '../callers.ts';
import { readOperation } from '../guardedExecution.ts';
import type { Choices } from './choices.ts';
import type { Situation } from './judge.ts';
import type { Path } from './oracle.ts';
import { printOperation } from './printOperation.ts';
import type { Operation } from './randomOperation.ts';
import type { Claims } from './world.ts';

/** What came of an operation. */
export interface Outcome {
  /** Undefined when the operation started. */
  readonly refused:
    | readonly { readonly coordinate: string; readonly path: string; readonly code: string }[]
    | undefined;
  readonly data: unknown;
  readonly errors: readonly { readonly path?: Path | undefined; readonly code: string }[];
  readonly loads: number;
}

const nowSeconds = 1_800_000_000;

export function randomSituation(choices: Choices): Situation {
  return {
    caller: choices.oneOf(['user', 'anonymous', 'user', 'machine', 'user'] as const),
    scopes: choices.someOf(['s0', 's1', 's2'], 65),
    signInAge: choices.oneOf([0, 60, 61, 600, 601]),
    claims: choices.oneOf([
      { state: 'found', level: 0 },
      { state: 'found', level: 1 },
      { state: 'found', level: 2 },
      { state: 'absent' },
      { state: 'unavailable' },
    ] as const),
  };
}

export type Executor = 'graphql-js' | 'compiled';

/** The steps of `authorizeOperation`, in process. What cannot be compiled is executed by graphql-js in any case. */
export function createRunner({ schema, plans }: GuardedSchema) {
  const planOperation = createOperationPlanner(schema, plans, createKeptDocuments({ maxBytes: 1_000_000 }));

  return async (random: Operation, who: Situation, executor: Executor): Promise<Outcome> => {
    const query = printOperation(random);
    const { document, operation, variables } = readOperation(schema, { query, variables: { ...random.variables } });
    let loads = 0;
    const load = async () => {
      loads += 1;
      return toClaimsState(who);
    };
    const authorization = createAuthorization(toPrincipal(who), load, () => nowSeconds * 1000 + 999);
    const plan = planOperation(document, operation, variables, authorization.principal);
    await authorization.loadClaims(plan.fields.keys());
    const refused = authorizeBeforeExecution(operation.operation, plan, authorization, variables);
    if (refused.length > 0) {
      const told = refused.map(({ plan: { coordinate }, path, decision }) => {
        return { coordinate, path: path.join('.'), code: decision.error.code };
      });
      return { refused: told, data: undefined, errors: [], loads };
    }
    const parts = { schema, plans, document, operation, variables };
    const compiled = executor === 'compiled' ? compileOperation(parts) : undefined;
    const context = { authorization };
    const result = await (compiled
      ? executeCompiled(compiled, { variables, context })
      : execute({ schema, document, variableValues: { ...random.variables }, contextValue: context }));
    const told = (result.errors ?? []).map((error) => ({ path: error.path, code: codeOf(error) }));
    const plain = JSON.parse(JSON.stringify(result.data));
    const { data, errors = [] } = applyDenyModes(
      { data: plain, errors: told },
      authorization.denialOutcomes(),
      ({ path, error }) => ({ path, code: error.code }),
    );
    return { refused: undefined, data, errors, loads };
  };
}

function toPrincipal({ caller, scopes, signInAge }: Situation): Principal {
  if (caller === 'anonymous') return anonymous;
  if (caller === 'machine') return machineWith(...scopes);
  return { ...userWith(...scopes), authTime: nowSeconds - signInAge };
}

function toClaimsState({ claims }: Situation): Exclude<ClaimsResult<Claims>, { readonly state: 'not-loaded' }> {
  switch (claims.state) {
    case 'found':
      return { state: 'found', claims: { level: claims.level }, asOf: new Date(nowSeconds * 1000) };
    case 'absent':
      return withoutRecord.state === 'absent' ? withoutRecord : { state: 'absent', asOf: new Date(0) };
    default:
      if (storeIsDown.state !== 'unavailable') throw new TypeError('expected an outage');
      return storeIsDown;
  }
}

function codeOf(error: GraphQLError): string {
  const cause = causeOf(error);
  return cause instanceof AppError ? cause.code : `no AppError: ${cause}`;
}
