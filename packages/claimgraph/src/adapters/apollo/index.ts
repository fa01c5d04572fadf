/** For an ApolloServer of your own, with plugins of your own: `guard.schema`, this plugin, and this context. */
export type { CallerOptions } from '../../guard/caller.ts';
export { createGuardContext, type GuardContext, type NodeRequestArgument } from './guardContext.ts';
export { createGuardPlugin, type GuardPlugin, type GuardPluginOptions, type PluginGuard } from './guardPlugin.ts';
