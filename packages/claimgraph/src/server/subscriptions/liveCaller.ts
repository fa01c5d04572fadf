import { UnauthenticatedError } from '../../errors.ts';
import { assertNotExpired } from '../../guard/callerWatch.ts';
import { type Principal, toSubjectKey } from '../../token/principal.ts';
import type { ContextRequest, RequestContext } from '../context.ts';

/** Who is at the other end of a connection that stays open. */
export interface LiveCaller {
  /** Who it was when it was asked last. */
  principal(): Principal;
  /**
   * A context of its own for an operation or an event: the token is verified again, and claims are read again. Rejects with the
   * AppError that ends the connection.
   */
  contextNow(): Promise<RequestContext>;
  /** Takes a newer token of the same subject. Rejects with an AppError for any other, and keeps nothing of it. */
  renewToken(authorization: string): Promise<void>;
}

export interface LiveCallerOptions {
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly request: ContextRequest;
}

/** Rejects, as a request would be refused, for a token that is not accepted. */
export async function createLiveCaller({ buildContext, request }: LiveCallerOptions): Promise<LiveCaller> {
  let { authorizationHeaders } = request;
  let principal = (await contextFor(authorizationHeaders)).authorization.principal;
  const key = keyOf(principal);

  async function contextFor(headers: readonly string[]): Promise<RequestContext> {
    const context = await buildContext({ ...request, authorizationHeaders: headers });
    assertNotExpired(context.authorization.principal);
    return context;
  }

  async function contextOfSame(headers: readonly string[]): Promise<RequestContext> {
    const context = await contextFor(headers);
    if (keyOf(context.authorization.principal) === key) return context;
    throw new UnauthenticatedError('invalid', 'the token of a connection is that of somebody else', {
      hint: 'connect anew for somebody else',
    });
  }

  return {
    principal: () => principal,
    async contextNow() {
      const context = await contextOfSame(authorizationHeaders);
      principal = context.authorization.principal;
      return context;
    },
    async renewToken(authorization) {
      const context = await contextOfSame([authorization]);
      authorizationHeaders = [authorization];
      principal = context.authorization.principal;
    },
  };
}

function keyOf(principal: Principal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : toSubjectKey(principal);
}
