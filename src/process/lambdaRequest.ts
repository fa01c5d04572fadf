import { z } from 'zod';

/**
 * A request as every gateway's event comes down to: one address, and each header with all of its values. In the words of
 * the events of load balancers, which @fastify/aws-lambda takes as they are.
 */
export interface LambdaRequest {
  readonly version: string | undefined;
  readonly httpMethod: string;
  /** With the query string as it was sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  /** Whether the gateway tells of headers in lists. A load balancer that does reads no others of the answer. */
  readonly hasHeaderLists: boolean;
  readonly requestContext: {
    readonly requestId: string | undefined;
    readonly identity: { readonly sourceIp: string | undefined };
  };
}

/**
 * Reads an event of API Gateway (HTTP API with payload format 1.0 or 2.0, REST API), a function URL or a load balancer.
 * Gateways put a stage or a mapping before the path, join repeated parameters by commas, decode them or do not, and tell
 * of headers in one of two forms. `isRoute` tells whether a path is one of the API's. Throws TypeError for other events.
 */
export function parseLambdaRequest(event: unknown, isRoute: (path: string) => boolean): LambdaRequest {
  const parsed = gatewayEvent.safeParse(event);
  const method = parsed.data?.httpMethod ?? parsed.data?.requestContext.http?.method;
  if (!parsed.success || method === undefined) {
    throw new TypeError(
      'expected an event of API Gateway, a function URL or a load balancer; got another. ' +
        'Do not have schedules and queues call this function: it answers HTTP requests.',
    );
  }
  const { version, requestContext, body = null, isBase64Encoded = false } = parsed.data;
  const search = toSearch(parsed.data);
  return {
    version,
    httpMethod: method,
    path: `${toPath(parsed.data, isRoute)}${search === '' ? '' : `?${search}`}`,
    ...toHeaders(parsed.data),
    body,
    isBase64Encoded,
    hasHeaderLists: parsed.data.multiValueHeaders != null,
    requestContext: {
      requestId: requestContext.requestId,
      identity: { sourceIp: (requestContext.http ?? requestContext.identity)?.sourceIp },
    },
  };
}

const texts = z.record(z.string(), z.string());
const textLists = z.record(z.string(), z.array(z.string()));

const gatewayEvent = z.object({
  version: z.string().optional(),
  httpMethod: z.string().optional(),
  path: z.string().optional(),
  rawPath: z.string().optional(),
  /** The template of the route: of an HTTP API with the method before it, and of a REST API by itself. */
  routeKey: z.string().optional(),
  resource: z.string().optional(),
  pathParameters: texts.nullish(),
  rawQueryString: z.string().optional(),
  queryStringParameters: texts.nullish(),
  multiValueQueryStringParameters: textLists.nullish(),
  headers: texts.nullish(),
  multiValueHeaders: textLists.nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
  requestContext: z.object({
    elb: z.unknown().optional(),
    http: z.object({ method: z.string(), sourceIp: z.string().optional() }).optional(),
    identity: z
      .object({
        sourceIp: z
          .string()
          .nullish()
          .transform((address) => address ?? undefined),
      })
      .optional(),
    requestId: z.string().optional(),
    stage: z.string().optional(),
    apiId: z.string().optional(),
    domainName: z.string().optional(),
  }),
});

type GatewayEvent = z.output<typeof gatewayEvent>;

/** The path without what the gateway is reached by, as far as the event tells what that is. */
function toPath(event: GatewayEvent, isRoute: (path: string) => boolean): string {
  const { requestContext, pathParameters } = event;
  const path = event.rawPath ?? event.path ?? '/';
  if (requestContext.elb !== undefined) return path;
  const template = (event.routeKey?.replace(/^[A-Z]+ /, '') ?? event.resource) || '$default';
  if (template !== '$default') {
    const ofRoute = template.replace(/\{(\w+)\+?\}/g, (_, name: string) => pathParameters?.[name] ?? '');
    return path.endsWith(ofRoute) ? ofRoute : path;
  }
  const stage = `/${requestContext.stage}`;
  if (path.startsWith(`${stage}/`) && isOwnDomain(requestContext)) return path.slice(stage.length);
  return isOwnDomain(requestContext) ? path : withoutMapping(path, isRoute);
}

/** Whether the request came by the name that the gateway gave the API, and not by a custom domain name. */
function isOwnDomain({ domainName = '', apiId = '' }: GatewayEvent['requestContext']): boolean {
  return domainName.startsWith(`${apiId}.`);
}

/** The mapping of a custom domain name has any number of segments, and no event tells which. */
function withoutMapping(path: string, isRoute: (path: string) => boolean): string {
  for (let start = 0; start !== -1; start = path.indexOf('/', start + 1)) {
    if (isRoute(path.slice(start))) return path.slice(start);
  }
  return path;
}

function toSearch(event: GatewayEvent): string {
  if (event.rawQueryString !== undefined) return event.rawQueryString;
  const single = Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, [value]] as const);
  const pairs = (
    event.multiValueQueryStringParameters ? Object.entries(event.multiValueQueryStringParameters) : single
  ).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  // Load balancers pass on what was sent; the others decode it.
  if (event.requestContext.elb !== undefined) return pairs.map(([name, value]) => `${name}=${value}`).join('&');
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

function toHeaders({ headers, multiValueHeaders }: GatewayEvent): Pick<LambdaRequest, 'headers' | 'multiValueHeaders'> {
  const lists = Object.entries(multiValueHeaders ?? {});
  const single = lists.flatMap(([name, [value, ...others]]) =>
    value === undefined || others.length > 0 ? [] : [[name, value] as const],
  );
  return {
    headers: { ...headers, ...Object.fromEntries(single) },
    multiValueHeaders: Object.fromEntries(lists.filter(([, values]) => values.length > 1)),
  };
}
