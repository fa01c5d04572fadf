import { ConfigurationError } from '../../errors.ts';
import { type OptionKinds, parseOptions, texts, wholeNumber } from '../../options.ts';

/** How subscriptions are served. What is not given is as by default. */
export interface SubscriptionSettings {
  /** `websocket`: graphql-transport-ws, which needs the packages ws and graphql-ws. `sse`: GraphQL over server-sent events. */
  readonly transports: readonly SubscriptionTransport[];
  /** Open connections of this process, of both kinds. */
  readonly maxConnections: number;
  /** Of one person or machine; those without a token have but the limit for all. */
  readonly maxConnectionsPerSubject: number;
  /** Operations that run at once on one WebSocket. */
  readonly maxSubscriptionsPerConnection: number;
  /** How many messages and pings a client may send over one WebSocket within a second. */
  readonly maxMessagesPerSecond: number;
  /** The largest message of a client. */
  readonly maxMessageBytes: number;
  /** What waits to be read by one client; who has not read as much is cut off. */
  readonly maxBufferedBytes: number;
  /** How long a WebSocket may be open before it has said who it is. */
  readonly connectionInitMs: number;
  /** How often a connection is asked whether it is still there; who has not answered by the next time is cut off. */
  readonly heartbeatMs: number;
}

export type SubscriptionTransport = 'websocket' | 'sse';

const transports: readonly string[] = ['websocket', 'sse'] satisfies readonly SubscriptionTransport[];

export const defaultSubscriptionSettings: SubscriptionSettings = {
  transports: ['websocket', 'sse'],
  maxConnections: 10_000,
  maxConnectionsPerSubject: 100,
  maxSubscriptionsPerConnection: 100,
  maxMessagesPerSecond: 200,
  maxMessageBytes: 200_000,
  maxBufferedBytes: 1_000_000,
  connectionInitMs: 5_000,
  heartbeatMs: 15_000,
};

type GivenSettings = { readonly [Name in keyof SubscriptionSettings]?: SubscriptionSettings[Name] | undefined };

/** The longest that a timer of Node's takes. */
const longestMs = 2 ** 31 - 1;

const settingKinds: OptionKinds<GivenSettings> = {
  transports: texts,
  maxConnections: wholeNumber(1),
  maxConnectionsPerSubject: wholeNumber(1),
  maxSubscriptionsPerConnection: wholeNumber(1),
  maxMessagesPerSecond: wholeNumber(1),
  maxMessageBytes: wholeNumber(1, 100_000_000),
  maxBufferedBytes: wholeNumber(1),
  connectionInitMs: wholeNumber(1, longestMs),
  heartbeatMs: wholeNumber(1, longestMs),
};

/** The settings with what is not given, as by default. Throws ConfigurationError for what would turn a limit off. */
export function parseSubscriptionSettings(given: GivenSettings = {}): SubscriptionSettings {
  const settings = { ...defaultSubscriptionSettings, ...parseOptions('subscriptions', given, settingKinds) };
  const unknown = settings.transports.filter((name) => !transports.includes(name));
  if (unknown.length > 0 || settings.transports.length === 0) {
    const got = settings.transports.length === 0 ? 'none' : unknown.join(', ');
    throw new ConfigurationError(
      `subscriptions: transports: expected some of ${transports.join(', ')}; got ${got}. 'off' in place of the settings serves none`,
    );
  }
  return settings;
}
