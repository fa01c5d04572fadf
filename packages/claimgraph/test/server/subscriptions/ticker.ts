import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { NotFoundError } from '../../../src/errors.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { allOf, publicField, requireClaims, requireRow, requireScope } from '../../../src/rules/index.ts';
import type { GraphqlServerOptions } from '../../../src/server/graphqlServer.ts';
import { createTestServer } from '../../../src/testing/testServer.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import type { StaffClaims } from '../../support/callers.ts';

export interface Tick {
  readonly number: number;
  readonly region: string;
}

const canRead = requireScope('ticks/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is of their region', (tick: Tick, { region }: StaffClaims) => tick.region === region);

export const reader = { scopes: ['ticks/read'] };

/** A server whose events are pushed by the test, with what its callers may do in the test's hands. */
export async function startTicker(options: Partial<GraphqlServerOptions<StaffClaims>> = {}) {
  const sources = new Set<(tick: Tick | undefined) => void>();
  const records: Record<string, StaffClaims> = {};
  const state = { opened: 0, revoked: new Set<string>(), isDown: false };

  function open(): AsyncIterableIterator<Tick> {
    state.opened += 1;
    const queue: (Tick | undefined)[] = [];
    let wake = () => {};
    const push = (tick: Tick | undefined) => {
      queue.push(tick);
      wake();
    };
    sources.add(push);
    const source: AsyncIterableIterator<Tick> = {
      async next() {
        while (queue.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const value = queue.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      async return() {
        sources.delete(push);
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => source,
    };
    return source;
  }

  const resolve = (tick: Tick) => {
    if (tick.number < 0) throw new NotFoundError('expected a tick that there is');
    return tick;
  };
  const guarded = createGuardedSchema({
    typeDefs: `
      type Query { motto: String mine: String long(size: Int!): String }
      type Mutation { tick: Int }
      type Subscription { ticks(from: Int): Tick audits: Tick open: Tick }
      type Tick { number: Int secret: String filler(size: Int!): String }
    `,
    resolvers: {
      Query: {
        motto: () => 'tick tock',
        mine: () => 'mine',
        long: (_root: unknown, { size }: { size: number }) => 'x'.repeat(size),
      },
      Mutation: { tick: () => 1 },
      Subscription: Object.fromEntries(['ticks', 'audits', 'open'].map((name) => [name, { subscribe: open, resolve }])),
      Tick: {
        secret: ({ number }: Tick) => `secret ${number}`,
        filler: (_tick: Tick, { size }: { size: number }) => 'x'.repeat(size),
      },
    },
    permissions: {
      Query: { motto: publicField('is on the clock'), mine: canRead, long: canRead },
      Mutation: { tick: canRead },
      Subscription: { ticks: canRead, audits: allOf(canRead, isManager), open: publicField('is heard in the street') },
      Tick: {
        number: publicField('is on the clock'),
        secret: allOf(canRead, isTheirs),
        filler: publicField('is on the clock'),
      },
    },
  });
  const server = await createTestServer({
    guarded,
    personas: { reader, manager: reader, stranger: { scopes: [] }, anybody: { kind: 'anonymous' } },
    claims: {
      source: {
        async fetchClaims(subjects) {
          if (state.isDown) throw new Error('the store at 10.0.0.7 is down');
          return new Map(
            subjects.flatMap((subject) => {
              const record = records[subject.subject];
              return record ? [[toSubjectKey(subject), record] as const] : [];
            }),
          );
        },
      },
      ttlSeconds: 0,
      negativeTtlSeconds: 0,
    },
    tokens: { isRevoked: ({ subject }) => state.revoked.has(subject), graceSeconds: 5 },
    corsOrigins: ['https://app.example.com'],
    ...options,
  });
  return {
    ...server,
    state,
    records,
    /** How many sources are open. */
    openSources: () => sources.size,
    push(...ticks: readonly Tick[]) {
      for (const tick of ticks) for (const source of sources) source(tick);
    },
    endSources() {
      for (const source of sources) source(undefined);
    },
  };
}

export type Ticker = Awaited<ReturnType<typeof startTicker>>;

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket that says nothing of its own accord, and what came over it. */
export async function openSocket(
  url: string,
  { headers = {}, path = '/graphql', protocol = 'graphql-transport-ws', autoPong = true } = {},
) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, protocol === '' ? [] : [protocol], {
    headers,
    autoPong,
  });
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  socket.on('error', () => {});
  // What is refused before it is open ends too.
  await Promise.race([once(socket, 'open').catch(() => {}), closed]);
  return {
    socket,
    messages,
    /** Resolves with the code and the reason of the end. */
    closed,
    send: (message: unknown) => socket.send(JSON.stringify(message)),
    init(token?: string) {
      const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    },
    /** Resolves when the server has taken it; until then it takes no operation. */
    async start(token?: string) {
      this.init(token);
      await expect.poll(() => messages).toEqual([{ type: 'connection_ack' }]);
    },
    subscribe: (id: string, query: string, more = {}) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, ...more } })),
    ofType: (type: string) => messages.filter((message) => message.type === type),
  };
}
