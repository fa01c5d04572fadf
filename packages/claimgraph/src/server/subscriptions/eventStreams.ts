import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { ExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import { AppError, BadUserInputError, StoppingError } from '../../errors.ts';
import type { CallerWatch } from '../../guard/callerWatch.ts';
import type { EventResults } from '../../guard/subscription.ts';
import { toHttpHead } from '../../operation/httpError.ts';
import { authorizationHeadersOf } from '../../token/bearerToken.ts';
import type { ContextRequest, RequestContext } from '../context.ts';
import { withoutEmptyMembers } from '../http/graphqlParameters.ts';
import type { EventStreamHandler } from '../http/graphqlRoute.ts';
import type { ConnectionLimits } from './connectionLimits.ts';
import { createLiveCaller } from './liveCaller.ts';
import type { LiveOperations } from './liveOperations.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface EventStreamsOptions {
  readonly settings: SubscriptionSettings;
  readonly limits: ConnectionLimits;
  readonly watch: CallerWatch;
  readonly live: LiveOperations;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly logger: Logger;
  readonly isClosing: () => boolean;
}

export interface EventStreams {
  readonly answer: EventStreamHandler;
  /** Ends all streams without `complete`, so that clients come back. */
  close(): void;
}

/**
 * GraphQL over server-sent events, in "distinct connections" mode: a POST whose answer is the events of its operation. What is
 * refused before an event is answered as any request, with status and JSON.
 */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { settings, limits, watch, live, buildContext, logger, isClosing } = options;
  const open = new Set<ServerResponse>();

  return {
    async answer(request, reply) {
      const releases: (() => void)[] = [];
      const release = () => {
        for (const each of releases) each();
      };
      const gone = new AbortController();
      // A client can be gone before all that is to be released is known.
      const hold = (one: () => void) => {
        if (gone.signal.aborted) one();
        else releases.push(one);
      };
      reply.raw.once('close', () => {
        gone.abort();
        release();
      });
      try {
        // A host that hands requests over, as AWS Lambda, waits for the end of each answer.
        if (!(request.raw.socket instanceof Socket)) throw notServed;
        if (isClosing()) throw new StoppingError('the host is closing');
        hold(limits.open());
        const { raw, id: requestId } = request;
        const authorizationHeaders = authorizationHeadersOf(raw.rawHeaders);
        const { signal } = gone;
        const caller = await createLiveCaller({ buildContext, request: { requestId, authorizationHeaders, signal } });
        hold(limits.identify(caller.principal()));
        const answered = await live.begin(caller, withoutEmptyMembers(request.body), signal);
        if (answered.kind === 'refused') return refuse(reply, answered.response);
        // Those that `close` has ended were all that there may be.
        if (answered.kind === 'events' && isClosing()) {
          await answered.events.return();
          throw new StoppingError('the host is closing');
        }
        const response = openStream(reply);
        if (answered.kind === 'result') {
          response.end(`${toEvent('next', answered.result)}${completed}`);
          return reply;
        }
        if (caller.principal().kind !== 'anonymous') {
          hold(
            watch.watch(
              async () => void (await caller.contextNow()),
              (error) => gone.abort(error),
            ),
          );
        }
        void sendAll(response, answered.events).catch((error: unknown) => {
          logger.error({ requestId, err: error }, 'the events of a stream could not be sent');
          response.destroy();
        });
        return reply;
      } catch (error) {
        release();
        if (!(error instanceof AppError)) throw error;
        logger.info({ requestId: request.id, code: error.code, reason: error.message }, 'request refused');
        const { status, headers } = toHttpHead(error);
        const body = { errors: [live.formatError({ message: error.code }, error)] };
        return refuse(reply, { status, headers: Object.fromEntries(headers), body });
      }
    },
    close() {
      for (const response of open) response.end();
    },
  };

  function openStream(reply: FastifyReply): ServerResponse {
    reply.hijack();
    const { raw } = reply;
    const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    raw.writeHead(200, {
      ...Object.fromEntries(headers),
      'content-type': 'text/event-stream; charset=utf-8',
      // nginx gathers an answer before it sends it, unless told.
      'x-accel-buffering': 'no',
    });
    raw.flushHeaders();
    return raw;
  }

  async function sendAll(response: ServerResponse, events: EventResults): Promise<void> {
    open.add(response);
    let isStalled = false;
    const heartbeat = setInterval(() => {
      // Who has not read since the last time does not read any more.
      if (isStalled && response.writableNeedDrain) return response.destroy();
      isStalled = response.writableNeedDrain;
      if (!isStalled) response.write(':\n\n');
    }, settings.heartbeatMs).unref();
    response.once('close', () => void events.return());
    try {
      for await (const result of events) {
        const event = toEvent('next', toBody(result));
        if (response.writableLength > 0 && response.writableLength + event.length > settings.maxBufferedBytes) {
          response.destroy();
        }
        if (response.destroyed || response.writableEnded) return;
        if (!response.write(event)) await drained(response);
      }
      if (!response.destroyed && !response.writableEnded) response.end(completed);
    } finally {
      clearInterval(heartbeat);
      open.delete(response);
    }
  }
}

const notServed = new BadUserInputError({
  field: 'accept',
  expected:
    'application/json: subscriptions need a process that listens itself, as in a container; AWS Lambda answers once',
  got: 'text/event-stream',
});

const completed = 'event: complete\ndata: \n\n';

function toEvent(name: 'next', data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function toBody({ errors, ...rest }: ExecutionResult): object {
  return errors ? { ...rest, errors: errors.map((error) => error.toJSON()) } : rest;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

function refuse(reply: FastifyReply, { status, headers, body }: Refusal): FastifyReply {
  return reply.code(status).headers(headers).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
