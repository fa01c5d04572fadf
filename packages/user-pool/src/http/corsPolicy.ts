import type { FastifyCorsOptions } from '@fastify/cors';
import type { PoolConfig } from '../config/poolConfig.ts';
import { isOriginOf } from '../config/redirectUri.ts';

const endpoints = ['/oauth2/token', '/oauth2/revoke', '/oauth2/userInfo'];

/** What Amplify and the AWS SDK send, and what they read the kind of an error from. */
const jsonApiPolicy = {
  methods: ['POST'],
  allowedHeaders: [
    'content-type',
    'x-amz-target',
    'x-amz-user-agent',
    'cache-control',
    'amz-sdk-invocation-id',
    'amz-sdk-request',
  ],
  exposedHeaders: ['x-amzn-errortype', 'x-amzn-requestid'],
};

/**
 * Which pages may read an answer: any for what is public, those of the registered applications for tokens. The sign-in
 * pages are read by no script at all.
 */
export function toCorsPolicy(
  config: PoolConfig,
  request: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: { readonly origin?: string | undefined };
  },
): FastifyCorsOptions {
  const [path = ''] = (request.url ?? '').split('?');
  if (path.startsWith(`/${config.poolId}/.well-known/`)) return { origin: '*', methods: ['GET'] };
  const { origin } = request.headers;
  const isRegistered = config.clients.some((client) => {
    return client.kind === 'user' && origin !== undefined && isOriginOf(client.redirectUris, origin);
  });
  // A list, so that the answer varies by Origin.
  const origins = isRegistered && origin !== undefined ? [origin] : [];
  if (endpoints.includes(path)) {
    const allowedHeaders = ['authorization', 'content-type', 'x-amz-user-agent'];
    return { origin: origins, methods: ['GET', 'POST'], allowedHeaders };
  }
  const isJsonApi = path === '/' && (request.method === 'POST' || request.method === 'OPTIONS');
  return isJsonApi ? { origin: origins, ...jsonApiPolicy } : { origin: false, methods: [] };
}
