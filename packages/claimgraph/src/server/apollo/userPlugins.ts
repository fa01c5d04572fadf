import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { RequestContext } from '../context.ts';

type Plugin = ApolloServerPlugin<RequestContext>;
type Listener = GraphQLRequestListener<RequestContext>;

/**
 * Apollo Server plugins of the user's own. Apollo Server runs their hooks, but for two kinds that it only runs where it
 * executes an operation itself: this server refuses operations before they are executed, and executes compiled ones.
 */
export interface UserPlugins {
  /** To be given to Apollo Server, after the plugin that authorizes. */
  readonly plugins: readonly Plugin[];
  /** Whether one of them has followed an execution: then every operation is left to Apollo Server's own. */
  readonly followExecution: () => boolean;
  /** Runs `didEncounterErrors` for errors of an operation that Apollo Server did not execute. */
  readonly tellErrors: (request: GraphQLRequestContext<BaseContext>, errors: readonly GraphQLError[]) => Promise<void>;
}

export function createUserPlugins(plugins: readonly Plugin[]): UserPlugins {
  // Apollo Server has no place of its own for what belongs to a request but the context, which is the user's to replace.
  const listeners = new WeakMap<object, Listener[]>();
  let isFollowed = false;

  function watch(plugin: Plugin): Plugin {
    return {
      ...bindHooks(plugin),
      async requestDidStart(request) {
        const listener = await plugin.requestDidStart?.(request);
        if (!listener) return;
        const ofRequest = listeners.get(request) ?? [];
        listeners.set(request, [...ofRequest, listener]);
        // Once a plugin has asked to see fields, Apollo Server puts a resolver of its own around each of the schema's, so
        // that operations can no longer be compiled.
        if (listener.executionDidStart) isFollowed = true;
        return listener;
      },
    };
  }

  return {
    plugins: plugins.map(watch),
    followExecution: () => isFollowed,
    async tellErrors(request, errors) {
      const told = Object.assign(request, { errors });
      await Promise.all(
        (listeners.get(request) ?? []).map((listener) => {
          // What Apollo Server has at this point, it has told us too: the operation is parsed, validated and resolved.
          return listener.didEncounterErrors?.(told as Parameters<NonNullable<Listener['didEncounterErrors']>>[0]);
        }),
      );
    },
  };
}

const hooks = [
  'serverWillStart',
  'unexpectedErrorProcessingRequest',
  'contextCreationDidFail',
  'invalidRequestWasReceived',
  'startupDidFail',
] as const;

/** A plugin can be an instance of a class, whose methods are not its own and need it as `this`. */
function bindHooks(plugin: Plugin): Plugin {
  const bound = hooks.flatMap((name) => {
    const hook: unknown = plugin[name];
    return typeof hook === 'function' ? [[name, hook.bind(plugin)]] : [];
  });
  // Apollo Server's own plugins carry marks besides, by which it knows them.
  return { ...plugin, ...Object.fromEntries(bound) };
}
