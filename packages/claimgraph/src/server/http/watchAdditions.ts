import type { FastifyInstance } from 'fastify';

/** Fastify's hooks that run for each request (Fastify 5, Lifecycle); the others are about the app itself. */
const requestHooks: readonly unknown[] = [
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'preSerialization',
  'onError',
  'onSend',
  'onResponse',
  'onTimeout',
  'onRequestAbort',
];

/** What else changes how a request is read or answered. */
const settings = [
  'addContentTypeParser',
  'removeContentTypeParser',
  'removeAllContentTypeParsers',
  'setErrorHandler',
  'setReplySerializer',
  'setGenReqId',
] as const;

/**
 * Follows from now on whether somebody adds to the app what a request of /graphql goes through: a hook, a parser, a handler;
 * also by a plugin, whether it keeps to itself or not. Plugins get the app or one that inherits from it, so that what
 * is put on the app here is met by all of them. Fastify (5.12) does not say itself which hooks a route has.
 */
export function watchAdditions(app: FastifyInstance): () => boolean {
  let isAdded = false;
  const follow = (name: 'addHook' | (typeof settings)[number], counts: (args: readonly unknown[]) => boolean) => {
    const original = app[name];
    Object.defineProperty(app, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: readonly unknown[]) {
        if (counts(args)) isAdded = true;
        return Reflect.apply(original, this, args);
      },
    });
  };
  follow('addHook', ([name]) => requestHooks.includes(name));
  for (const name of settings) follow(name, () => true);
  return () => isAdded;
}
