/** The whole server around the guard: Apollo Server on Fastify, the claims tier, the compiling executor. */
export { type ApolloServerOptions, createApolloServer } from './apollo/apolloServer.ts';
export { createLogger } from './createLogger.ts';
export { createGraphqlServer, type GraphqlServer, type GraphqlServerOptions } from './graphqlServer.ts';
export type { HealthChecks } from './http/health.ts';
export { createHttpServer, type HttpServerOptions } from './http/httpServer.ts';
export { isResource } from './http/resourceMetadata.ts';
export { defaultTimeouts, type HttpTimeouts } from './http/timeouts.ts';
export type { Observers } from './observers.ts';
export { defaultSubscriptionSettings, type SubscriptionSettings } from './subscriptions/settings.ts';
