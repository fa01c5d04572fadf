import type { FastifyInstance } from 'fastify';

/** OAuth 2.0 Protected Resource Metadata (RFC 9728 section 2): where a client gets tokens for this API, and which. */
export interface ResourceMetadata {
  /** The address by which clients know the API. */
  readonly resource: string;
  /** Issuers whose access tokens are accepted. */
  readonly authorization_servers: readonly string[];
  /** Every scope that the permission map asks about. */
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
}

const wellKnown = '/.well-known/oauth-protected-resource';

/** Where the metadata of a resource are: between its host and its path (RFC 9728 section 3). */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${wellKnown}${pathname === '/' ? '' : pathname}`;
}

/** An https address without user, query and fragment (RFC 9728 section 1.2); http for this machine. */
export function isResource(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  return url !== undefined && (url.protocol === 'https:' || isLocal) && !/[?#\s"\\]/.test(text) && url.username === '';
}

/** At the path that the address of the resource asks for, and at the one without it, for clients that know only the host. */
export function serveResourceMetadata(app: FastifyInstance, metadata: ResourceMetadata): void {
  const paths = new Set([new URL(resourceMetadataUrl(metadata.resource)).pathname, wellKnown]);
  for (const path of paths) {
    app.get(path, async (_request, reply) => {
      // It changes with a deployment; a web page of any origin may read what every client may.
      reply.header('cache-control', 'public, max-age=300');
      return metadata;
    });
  }
}
