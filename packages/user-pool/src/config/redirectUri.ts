import { isLoopbackHost } from '../safety/loopbackHost.ts';

/** A browser runs or opens these itself: none of them is an application's. */
const schemesOfBrowsers = /^(javascript|data|vbscript|file|blob|filesystem|about|view-source):/i;

/** `http://localhost:*\/callback`: any port of this machine (RFC 8252 section 7.3), and else as it stands there. */
const anyPort = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\*(\/[^#\s]*)$/;

/**
 * What is wrong with an address that is to be registered; undefined for https, for http on this machine with a port or
 * `:*`, and for an application's own scheme (RFC 8252 section 7.1), as Cognito takes them.
 */
export function redirectUriProblem(text: string): string | undefined {
  if (anyPort.test(text)) return undefined;
  if (!URL.canParse(text) || /[\s*]/.test(text)) {
    return 'must be an absolute URI such as https://app.example/callback, http://localhost:*/callback or com.example.app:/callback';
  }
  const url = new URL(text);
  if (text.includes('#')) return 'must have no fragment';
  if (schemesOfBrowsers.test(text)) return `must not have the scheme ${url.protocol}`;
  const isElsewhere = url.protocol === 'http:' && !isLoopbackHost(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  return isElsewhere ? 'must be https: outside this machine http shows the code to the network' : undefined;
}

/** Whole strings are compared (RFC 9700 section 2.1), but for the port where `:*` is registered. */
export function isRegisteredUri(registered: readonly string[], requested: string): boolean {
  return registered.some((uri) => {
    const [, origin, path] = anyPort.exec(uri) ?? [];
    if (origin === undefined || path === undefined) return uri === requested;
    const port = requested.slice(origin.length, requested.length - path.length);
    return requested === `${origin}${port}${path}` && /^:[1-9]\d{0,4}$/.test(port) && Number(port.slice(1)) <= 65_535;
  });
}

/** Says whether a page of this origin is of an application that these addresses belong to. `null` never is. */
export function isOriginOf(registered: readonly string[], origin: string): boolean {
  return registered.some((uri) => {
    const [, start] = anyPort.exec(uri) ?? [];
    return start === undefined ? toOrigin(uri) === origin : isRegisteredUri([`${start}:*/`], `${origin}/`);
  });
}

/**
 * The origin that browsers send for pages there (RFC 6454 section 6.2). An application's own scheme has one only with a
 * host, as `capacitor://localhost` of a web view; the URL standard calls both `null`.
 */
function toOrigin(uri: string): string | undefined {
  const { origin, protocol, host } = new URL(uri);
  if (origin !== 'null') return origin;
  return host === '' ? undefined : `${protocol}//${host}`;
}

/**
 * The address as a source of `form-action` (CSP Level 3 section 2.3.1), which has no word for an application's own scheme
 * with a host, nor for an IPv6 address: there the scheme alone stands.
 */
export function toFormTarget(uri: string): string {
  const { origin, protocol, hostname } = new URL(uri);
  return origin === 'null' || hostname.startsWith('[') ? protocol : origin;
}
