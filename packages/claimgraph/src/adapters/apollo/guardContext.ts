import type { BaseContext, ContextFunction } from '@apollo/server';
import { AppError } from '../../errors.ts';
import { type CallerOptions, callerKinds } from '../../guard/caller.ts';
import type { Guard } from '../../guard/createGuard.ts';
import type { ClaimsOfGroups, SessionContext } from '../../guard/session.ts';
import { toRequestError } from '../../operation/httpError.ts';
import { type Connection, cancellationOf } from '../../operation/resultMeter.ts';
import { parseOptions } from '../../options.ts';
import { authorizationHeadersOf } from '../../token/bearerToken.ts';

/** What integrations of Apollo Server that stand on Node's `http` give a context function: Express, standalone, Koa. */
export interface NodeRequestArgument {
  readonly req: { readonly rawHeaders: readonly string[]; readonly socket?: Connection | undefined };
}

/** A context function that also makes your own context, if it is given a function for that. */
export interface GuardContext<C, Groups extends ClaimsOfGroups> {
  <Argument extends NodeRequestArgument>(): ContextFunction<[Argument], SessionContext<C, Groups>>;
  <Argument extends NodeRequestArgument, Own extends BaseContext>(
    own: ContextFunction<[Argument], Own>,
  ): ContextFunction<[Argument], Own & SessionContext<C, Groups>>;
}

/**
 * Makes context functions for `expressMiddleware`, `startStandaloneServer` and their like: bearer token → principal → a
 * session of the guard, as `authorization` in the context. A token that is not accepted is answered with 401.
 */
export function createGuardContext<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups>(
  guard: Pick<Guard, 'authenticate'> | (() => Pick<Guard, 'authenticate'>),
  callers: CallerOptions<C>,
): GuardContext<C, Groups> {
  const options = parseOptions<CallerOptions<C>>('createGuardContext', callers, callerKinds);
  return <Argument extends NodeRequestArgument>(own?: ContextFunction<[Argument], BaseContext>) =>
    async (argument: Argument) => {
      try {
        const { authenticate } = typeof guard === 'function' ? guard() : guard;
        const session = await authenticate<C, Groups>(options, authorizationHeadersOf(argument.req.rawHeaders));
        session.authorization.signal = cancellationOf(argument.req.socket);
        return session.context(await own?.(argument));
      } catch (error) {
        throw error instanceof AppError ? toRequestError(error) : error;
      }
    };
}
