import { UnauthenticatedError } from '../errors.ts';
import type { Authorization } from '../operation/authorization.ts';
import type { FormatError } from '../operation/formatError.ts';
import { aFunction, anObject, type OptionKinds, parseOptions } from '../options.ts';
import { anonymous, type Principal, toSubjectKey } from '../token/principal.ts';
import type { SessionCaller } from './caller.ts';
import { assertNotExpired, type CallerWatch } from './callerWatch.ts';
import type { OperationGuard } from './operationGuard.ts';
import { type ClaimsOfGroups, type Session, type SessionRequest, toContext } from './session.ts';
import { type ExecuteEvent, openSubscription, releaseAtEnd, type SubscriptionStart } from './subscription.ts';

/** A session that can also be heard: of a guard, which knows how to ask for its caller again. */
export interface GuardSession<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups> extends Session<C, Groups> {
  /**
   * In place of `begin`, `context` and `finish`, for a subscription: its source is opened only for whoever may hear it, each
   * event is decided by the claims of that moment, and it ends when the token does, is revoked or its subject suspended.
   */
  subscribe(request: SessionRequest, options?: SubscribeOptions): Promise<SubscriptionStart>;
}

/** What a host adds to a subscription. */
export interface SubscribeOptions {
  /** The host's own part of the context, made anew for each event; see `Session.context`. */
  readonly context?: (() => object) | undefined;
  /** Executes one event; graphql-js does unless given. */
  readonly execute?: ExecuteEvent | undefined;
  /** Ends the subscription when whoever hears it is gone. */
  readonly signal?: AbortSignal | undefined;
}

const subscribeKinds: OptionKinds<SubscribeOptions> = { context: aFunction, execute: aFunction, signal: anObject };

interface Dependencies {
  readonly operations: OperationGuard;
  readonly formatError: FormatError;
  readonly watch: CallerWatch;
}

interface Subscribing<C> {
  readonly session: Session<C>;
  readonly caller: SessionCaller<C>;
  readonly authorizeAnew: (principal: Principal) => Authorization<C>;
}

/** See `GuardSession.subscribe`. */
export async function subscribeSession<C>(
  { operations, formatError, watch }: Dependencies,
  { session, caller, authorizeAnew }: Subscribing<C>,
  request: SessionRequest,
  given: SubscribeOptions,
): Promise<SubscriptionStart> {
  const { context, execute, signal } = parseOptions('session.subscribe', given, subscribeKinds);
  const ending = new AbortController();
  const unwatch =
    caller.principal.kind === 'anonymous'
      ? () => {}
      : watch.watch(
          async () => void (await recheckCaller(caller)),
          (error) => ending.abort(error),
        );
  const onGone = () => ending.abort(signal?.reason);
  if (signal?.aborted) onGone();
  signal?.addEventListener('abort', onGone, { once: true });
  const release = () => {
    unwatch();
    signal?.removeEventListener('abort', onGone);
  };
  try {
    const start = await openSubscription({ operations, formatError }, session, request, {
      contextValue: toContext(context?.(), session.authorization),
      renew: async () => toContext(context?.(), authorizeAnew(await recheckCaller(caller))),
      execute,
      signal: ending.signal,
    });
    if (start.refused) {
      release();
      return start;
    }
    return { refused: false, events: releaseAtEnd(start.events, release) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Who the caller is now. Rejects with the AppError that ends what they hear. */
async function recheckCaller({ principal, recheck }: Pick<SessionCaller<unknown>, 'principal' | 'recheck'>) {
  const now = recheck ? await recheck() : principal;
  assertNotExpired(now);
  if (keyOf(now) !== keyOf(principal)) {
    throw new UnauthenticatedError('invalid', 'the token of a subscription became that of somebody else');
  }
  return now;
}

function keyOf(principal: Principal): string {
  return principal.kind === 'anonymous' ? anonymous.kind : toSubjectKey(principal);
}
