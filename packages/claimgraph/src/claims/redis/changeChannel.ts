import type { SubjectKey } from '../../token/principal.ts';
import type { ClaimsCipher } from './claimsCipher.ts';
import type { RedisClient, RedisSubscriber } from './redisClient.ts';
import { withTimeout } from './redisStore.ts';
import { toReason } from './toReason.ts';

/** A change that the API made itself, on its way to the other processes. */
export interface SharedChange {
  /** The number of the change, where the store counts them. */
  readonly revision?: number | undefined;
  readonly subjects: readonly SubjectKey[] | 'all';
}

export interface ChangeChannel {
  /** Tells every process that listens; never rejects, and resolves to whether Redis took it. */
  publish(change: SharedChange): Promise<boolean>;
  close(): void;
}

export interface ChangeChannelOptions {
  readonly redis: RedisClient;
  readonly subscriber: RedisSubscriber;
  readonly seal: ClaimsCipher;
  readonly namespace: string;
  /** How long publishing may take. */
  readonly timeoutMs: number;
  readonly heartbeatMs: number;
  /** Changes are heard from now on; called again after each break, during which some may have been missed. */
  readonly onListening: () => void;
  readonly onChange: (change: SharedChange) => void;
  /** Sealed with the secret, and yet not understood, as from a newer version. */
  readonly onUnreadable: () => void;
  /** Not sealed with the secret: anybody who may use Redis can send that. */
  readonly onForeign: () => void;
  /** The connection broke or could not be made; it is tried again. */
  readonly onBroken: (reason: string) => void;
}

/** Claims of more subjects than this are told as everybody's. */
const maxSubjects = 1_000;

/** How long the connection that listens may take to answer; nobody waits for it. */
const listeningTimeoutMs = 1_000;

/**
 * Changed claims over Redis' publish and subscribe, sealed: nobody without the secret can make processes forget, or learn
 * who changed. Redis keeps nothing for whoever is away, so every beginning to listen tells of possibly missed changes.
 */
export function createChangeChannel(options: ChangeChannelOptions): ChangeChannel {
  const { redis, subscriber, seal, timeoutMs, heartbeatMs } = options;
  const channel = `claimgraph:claims:changes:{${options.namespace}}`;
  let listening = false;
  let closed = false;

  async function listen(): Promise<void> {
    try {
      await withTimeout(subscriber.subscribe(channel), listeningTimeoutMs);
      if (closed) return;
      listening = true;
      options.onListening();
    } catch (error) {
      drop(error);
    }
  }

  /** A connection that no longer answers, and does not break by itself, is given up. */
  function drop(error: unknown): void {
    if (closed) return;
    options.onBroken(toReason(error));
    listening = false;
    if (subscriber.status === 'ready') subscriber.disconnect(true);
  }

  const onReady = () => void listen();
  const onClose = () => drop(new Error('CLOSED'));

  function onMessage(from: string, message: string): void {
    if (from !== channel) return;
    const content = seal.decrypt(channel, message);
    const change = content && parseChange(content);
    if (!content) options.onForeign();
    else if (change) options.onChange(change);
    else options.onUnreadable();
  }

  const heartbeat = setInterval(() => {
    if (listening) withTimeout(subscriber.ping(), listeningTimeoutMs).catch(drop);
  }, heartbeatMs);
  heartbeat.unref();
  subscriber.on('ready', onReady);
  subscriber.on('close', onClose);
  subscriber.on('message', onMessage);
  if (subscriber.status === 'ready') onReady();

  return {
    async publish({ revision, subjects }) {
      const named = subjects.length > maxSubjects ? 'all' : subjects;
      const message = seal.encrypt(channel, Buffer.from(JSON.stringify({ revision, subjects: named })));
      return withTimeout(redis.publish(channel, message), timeoutMs).then(
        () => true,
        () => false,
      );
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      subscriber.off('ready', onReady);
      subscriber.off('close', onClose);
      subscriber.off('message', onMessage);
    },
  };
}

function parseChange(content: Uint8Array): SharedChange | undefined {
  const { revision, subjects } = Object(readJson(content));
  if (revision !== undefined && !(Number.isSafeInteger(revision) && revision >= 0)) return undefined;
  if (subjects === 'all') return { revision, subjects };
  return areKeys(subjects) ? { revision, subjects } : undefined;
}

/** Whoever sealed them made them with `toSubjectKey`. */
function areKeys(value: unknown): value is readonly SubjectKey[] {
  return Array.isArray(value) && value.every((key) => typeof key === 'string');
}

function readJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}
