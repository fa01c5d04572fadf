import awsLambdaFastify, { type LambdaResponse } from '@fastify/aws-lambda';
import type { Server } from '../server.ts';
import { type LambdaRequest, parseLambdaRequest } from './lambdaRequest.ts';

/** An event of API Gateway (HTTP API or REST API), a function URL or a load balancer, and its answer. */
export type LambdaHandler = (event: unknown, context: never) => Promise<LambdaResponse>;

export interface LambdaHandlerOptions {
  readonly server: Pick<Server, 'app' | 'start' | 'catchUp'>;
  /** How long ago the last catching up may have begun. */
  readonly catchUpMs: number;
  /** Milliseconds since the epoch, also while the process stands still; `Date.now` unless given. */
  readonly now?: () => number;
}

/**
 * Between two requests a Lambda instance stands still, timers and connections too, and hears of no change. So before it
 * answers one, it catches up, once in `catchUpMs` at most: one statement.
 */
export async function createLambdaHandler(options: LambdaHandlerOptions): Promise<LambdaHandler> {
  const { server, catchUpMs, now = Date.now } = options;
  // Decorated requests would carry the whole event, with the token in it, into whatever logs them.
  const answerWith = (albMultiValueHeaders: boolean) =>
    awsLambdaFastify<LambdaRequest>(server.app, { decorateRequest: false, albMultiValueHeaders });
  const answer = answerWith(false);
  const answerInLists = answerWith(true);
  const isRoute = (url: string) => server.app.hasRoute({ method: 'GET', url });
  await Promise.all([server.app.ready(), server.start()]);
  let catchingUp = server.catchUp();
  let caughtUpAt = now();
  return async (event, context) => {
    const request = parseLambdaRequest(event, isRoute);
    if (Math.abs(now() - caughtUpAt) >= catchUpMs) {
      caughtUpAt = now();
      catchingUp = server.catchUp();
    }
    await catchingUp;
    return (request.hasHeaderLists ? answerInLists : answer)(request, context);
  };
}
