import { defaultTokenLifetimeSeconds } from 'claimgraph/testing/tokens';
import type { PoolConfig } from './config/poolConfig.ts';
import { createPoolContext } from './createPoolContext.ts';
import { type LoopbackListener, listenOnLoopback } from './http/listenOnLoopback.ts';
import { openLocalCertificate } from './http/localCertificate.ts';
import { createPoolApp } from './poolApp.ts';

import { commandSettings, type PoolSettingNames } from './poolSettings.ts';
import { assertLocalUserPoolAllowed } from './safety/safetyChecks.ts';
import { openPoolStore } from './state/poolStore.ts';
import { lockState } from './state/stateLock.ts';

export interface UserPoolOptions {
  readonly config: PoolConfig;
  /** 0 takes a free port. */
  readonly port: number;
  /** With TLS, besides the one without; 0 takes a free one. There is none unless given. */
  readonly httpsPort?: number | undefined;
  /** Where keys and refresh tokens are kept; made when it does not exist. */
  readonly dataDir: string;
  /** A loopback address; both loopback addresses are bound in any case. */
  readonly host?: string;
  /** What the safety checks look at: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names besides those of loopback addresses under which the pool answers; none by default. */
  readonly hosts?: readonly string[];
  /** How long access and ID tokens live; an hour by default. */
  readonly tokenSeconds?: number;
  /** Rotates refresh tokens; a used one works for so long. They are not rotated unless given. */
  readonly rotationGraceSeconds?: number | undefined;
  /** What sets these options, for messages; the options of `claimgraph pool` by default. */
  readonly settings?: PoolSettingNames;
  /** Milliseconds since the epoch; `Date.now` by default. */
  readonly now?: () => number;
}

export interface UserPool {
  readonly url: string;
  /** With TLS; undefined where that was not asked for. */
  readonly httpsUrl: string | undefined;
  readonly issuer: string;
  close(): Promise<void>;
}

/**
 * Starts the local user pool, a stand-in for an AWS Cognito user pool and its hosted domain, for development.
 * @throws LocalUserPoolRefusedError where it must not run
 * @throws PoolStateError when the data directory is in use, or its state file open to others or malformed
 */
export async function startUserPool(options: UserPoolOptions): Promise<UserPool> {
  const { config, dataDir, environment, host = '127.0.0.1', hosts = [], now = Date.now } = options;
  const { settings = commandSettings } = options;
  assertLocalUserPoolAllowed({ environment, hosts: [host] });
  const lock = lockState(dataDir, settings);
  const listeners: LoopbackListener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    lock.release();
  };
  try {
    const store = await openPoolStore({ dataDir, lock });
    const { port, httpsPort } = await listen();
    const { tokenSeconds = defaultTokenLifetimeSeconds, rotationGraceSeconds } = options;
    const context = createPoolContext({
      ...{ config, store, port, httpsPort, tokenSeconds, rotationGraceSeconds, settings, now },
    });
    const ports = listeners.map((listener) => listener.port);
    const app = await createPoolApp(context, { ports, hosts });
    const { url, httpsUrl, issuer } = context;
    store.save({ issuer });
    for (const listener of listeners) listener.serve(app.routing);
    return { url, httpsUrl, issuer, close };
  } catch (error) {
    await close();
    throw error;
  }

  async function listen(): Promise<{ readonly port: number; readonly httpsPort: number | undefined }> {
    const plain = await listenOnLoopback({ host, port: options.port, setting: settings.port });
    listeners.push(plain);
    if (options.httpsPort === undefined) return { port: plain.port, httpsPort: undefined };
    const certificate = await openLocalCertificate({ dataDir, hosts, now });
    const setting = settings.httpsPort;
    const secured = await listenOnLoopback({ host, port: options.httpsPort, setting, certificate });
    listeners.push(secured);
    return { port: plain.port, httpsPort: secured.port };
  }
}
