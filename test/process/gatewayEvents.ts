/** One request, as whoever stands before a Lambda function tells of it. */
export interface GatewayRequest {
  readonly method: 'GET' | 'POST';
  /** Of the API, such as `/graphql`. */
  readonly path: string;
  /** As sent: encoded, without the question mark. */
  readonly search: string;
  /** In lower case; several values are several headers. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string | undefined;
}

type ToEvent = (request: GatewayRequest) => unknown;

/**
 * Events in the shapes that AWS documents, with what an API sees in them: API Gateway HTTP APIs (payload formats 2.0 and
 * 1.0) and REST APIs, each with stages, routes and custom domains, function URLs, and load balancers.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export const gateways: Readonly<Record<string, ToEvent>> = {
  'HTTP API': httpApi({ stage: '$default', prefix: '', routeKey: () => '$default' }),
  'HTTP API, route of its own': httpApi({ stage: '$default', prefix: '', routeKey: ({ path }) => `ANY ${path}` }),
  'HTTP API, named stage': httpApi({ stage: 'prod', prefix: '/prod', routeKey: () => '$default' }),
  'HTTP API, named stage, route of its own': httpApi({
    stage: 'prod',
    prefix: '/prod',
    routeKey: ({ method, path }) => `${method} ${path}`,
  }),
  'HTTP API, named stage, greedy route': httpApi({ stage: 'v1', prefix: '/v1', routeKey: () => 'ANY /{proxy+}' }),
  'HTTP API, custom domain': httpApi({
    stage: 'prod',
    prefix: '',
    routeKey: () => '$default',
    domainName: 'api.example.com',
  }),
  'HTTP API, API mapping': httpApi({
    stage: '$default',
    prefix: '/orders/v1',
    routeKey: () => '$default',
    domainName: 'api.example.com',
  }),
  'HTTP API, API mapping of a named stage, greedy route': httpApi({
    stage: 'prod',
    prefix: '/orders',
    routeKey: () => 'ANY /{proxy+}',
    domainName: 'api.example.com',
  }),
  'HTTP API, payload format 1.0, named stage': restApi({
    version: '1.0',
    resource: () => '$default',
    stage: 'prod',
    prefix: '/prod',
  }),
  'REST API': restApi({ resource: ({ path }) => path, stage: 'prod', prefix: '' }),
  'REST API, greedy resource': restApi({ resource: () => '/{proxy+}', stage: 'prod', prefix: '' }),
  'REST API, base path mapping': restApi({
    resource: () => '/{proxy+}',
    stage: 'prod',
    prefix: '/orders',
    domainName: 'api.example.com',
  }),
  'function URL': httpApi({
    stage: '$default',
    prefix: '',
    routeKey: () => '$default',
    domainName: 'abcdefghij.lambda-url.eu-west-1.on.aws',
    apiId: 'abcdefghij',
  }),
  'load balancer': loadBalancer('single'),
  'load balancer, multi-value headers': loadBalancer('multi'),
};

interface HttpApi {
  readonly stage: string;
  /** What precedes the API's own path. */
  readonly prefix: string;
  readonly routeKey: ToText;
  readonly domainName?: string;
  readonly apiId?: string;
}

type ToText = (request: GatewayRequest) => string;

function httpApi({ stage, prefix, routeKey, apiId = 'r3pmxmplak', ...others }: HttpApi): ToEvent {
  const { domainName = `${apiId}.execute-api.us-east-2.amazonaws.com` } = others;
  return (request) => {
    const { method, path, search, headers, body } = request;
    const rawPath = `${prefix}${path}`;
    const key = routeKey(request);
    return {
      version: '2.0',
      routeKey: key,
      rawPath,
      rawQueryString: search,
      headers: mapValues(headers, (values) => values.join(',')),
      ...(search !== '' && { queryStringParameters: mapValues(decode(search), (values) => values.join(',')) }),
      ...(key.includes('{proxy+}') && { pathParameters: { proxy: path.slice(1) } }),
      requestContext: {
        accountId: '123456789012',
        apiId,
        domainName,
        domainPrefix: domainName.split('.')[0],
        http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '205.255.255.176', userAgent: 'curl/7.58.0' },
        requestId: 'JKJaXmPLvHcESHA=',
        routeKey: key,
        stage,
        time: '10/Mar/2026:05:16:23 +0000',
        timeEpoch: 1_773_119_783_000,
      },
      ...(body !== undefined && { body: Buffer.from(body).toString('base64') }),
      isBase64Encoded: body !== undefined,
    };
  };
}

interface RestApi {
  readonly version?: string;
  readonly resource: ToText;
  readonly stage: string;
  readonly prefix: string;
  readonly domainName?: string;
}

function restApi({ version, resource, stage, prefix, ...others }: RestApi): ToEvent {
  const { domainName = '70ixmpl4fl.execute-api.us-east-2.amazonaws.com' } = others;
  return (request) => {
    const { method, path, search, headers, body } = request;
    const template = resource(request);
    const query = decode(search);
    return {
      ...(version !== undefined && { version }),
      resource: template,
      path: `${prefix}${path}`,
      httpMethod: method,
      headers: mapValues(headers, (values) => values.at(-1)),
      multiValueHeaders: headers,
      queryStringParameters: search === '' ? null : mapValues(query, (values) => values.at(-1)),
      multiValueQueryStringParameters: search === '' ? null : query,
      pathParameters: template.includes('{proxy+}') ? { proxy: path.slice(1) } : null,
      stageVariables: null,
      requestContext: {
        resourcePath: template,
        httpMethod: method,
        path: `/${stage}${path}`,
        accountId: '123456789012',
        apiId: '70ixmpl4fl',
        domainName,
        domainPrefix: domainName.split('.')[0],
        identity: { sourceIp: '52.255.255.12', userAgent: 'curl/7.58.0' },
        protocol: 'HTTP/1.1',
        requestId: '5c3e1a9e-0b0f-4c5c-a0dd-6e6d3f0b6a3e',
        stage,
      },
      body: body ?? null,
      isBase64Encoded: false,
    };
  };
}

function loadBalancer(kind: 'single' | 'multi'): ToEvent {
  return ({ method, path, search, headers, body }) => {
    // Passed on as they were sent, without decoding.
    const query = split(search);
    return {
      requestContext: {
        elb: {
          targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/lambda-279XGJDqGZ5rsrHC',
        },
      },
      httpMethod: method,
      path,
      ...(kind === 'multi'
        ? { multiValueQueryStringParameters: query, multiValueHeaders: headers }
        : {
            queryStringParameters: mapValues(query, (values) => values.at(-1)),
            headers: mapValues(headers, (values) => values.at(-1)),
          }),
      body: body ?? '',
      isBase64Encoded: false,
    };
  };
}

function split(search: string): Readonly<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const pair of search === '' ? [] : search.split('&')) {
    const [name = '', value = ''] = pair.split('=');
    found[name] = [...(found[name] ?? []), value];
  }
  return found;
}

function decode(search: string): Readonly<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) found[name] = [...(found[name] ?? []), value];
  return found;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
