/** What is needed of a Redis or Valkey client; ioredis' `Redis` is one. A script's texts come back as strings. */
export interface RedisClient {
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
}

/** A client with a connection of its own for what is published; it makes the connection again whenever it breaks. */
export interface RedisSubscriber {
  /** `ready` when commands can be sent. */
  readonly status: string;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  /** Drops the connection; with `true` another one is made. */
  disconnect(reconnect: boolean): void;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  off(event: 'ready' | 'close', listener: () => void): unknown;
  off(event: 'message', listener: (channel: string, message: string) => void): unknown;
}
