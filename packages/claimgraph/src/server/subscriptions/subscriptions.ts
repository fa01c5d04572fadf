import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createCallerWatch } from '../../guard/callerWatch.ts';
import type { ApolloParts } from '../apollo/apolloServer.ts';
import type { ContextRequest, RequestContext } from '../context.ts';
import type { CorsOrigins } from '../http/cors.ts';
import type { EventStreamHandler } from '../http/graphqlRoute.ts';
import type { Observers } from '../observers.ts';
import { createConnectionLimits } from './connectionLimits.ts';
import { createEventStreams } from './eventStreams.ts';
import { createLiveOperations } from './liveOperations.ts';
import { createSubscriptionLog } from './logSubscription.ts';
import type { SubscriptionSettings } from './settings.ts';
import { acceptUpgrades } from './upgrades.ts';
import { createWebSockets } from './webSockets.ts';

export interface SubscriptionsOptions {
  readonly settings: SubscriptionSettings;
  readonly parts: ApolloParts;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly corsOrigins: CorsOrigins;
  readonly logger: Logger;
  readonly onOperation?: Observers['onOperation'] | undefined;
}

/** What serves subscriptions beside the requests of an app. */
export interface Subscriptions {
  /** Answers a POST that wants events; undefined where that is not served. */
  readonly eventStream: EventStreamHandler | undefined;
  /** Serves WebSockets of the app from now on. */
  serve(app: FastifyInstance): void;
  /** Takes no more connections, and ends those that there are. */
  close(): Promise<void>;
}

/** Both transports around one set of limits: who is counted by one is counted by the other. */
export async function createSubscriptions(options: SubscriptionsOptions): Promise<Subscriptions> {
  const { settings, parts, buildContext, corsOrigins, logger, onOperation } = options;
  const limits = createConnectionLimits(settings);
  const watch = createCallerWatch();
  const log = createSubscriptionLog(logger, onOperation);
  const live = createLiveOperations({ ...parts, log });
  let isClosing = false;
  const shared = { settings, limits, watch, live, buildContext, logger };
  const streams = settings.transports.includes('sse')
    ? createEventStreams({ ...shared, isClosing: () => isClosing })
    : undefined;
  const webSockets = settings.transports.includes('websocket') ? await createWebSockets(shared) : undefined;
  return {
    eventStream: streams?.answer,
    serve(app) {
      if (webSockets) {
        acceptUpgrades(app, { corsOrigins, limits, isClosing: () => isClosing, accept: webSockets.accept });
      }
    },
    async close() {
      isClosing = true;
      streams?.close();
      await webSockets?.close();
    },
  };
}
