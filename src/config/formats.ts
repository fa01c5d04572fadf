import { isIP } from 'node:net';

export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
}

export function areHosts(texts: readonly string[]): boolean {
  return texts.every(isHost);
}

export function isLocalUrl(text: string): boolean {
  return /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):[1-9]\d*$/.test(text) && URL.canParse(text);
}

export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && isServerUrl(text);
}

/**
 * With one host. A `#`, `/` or `?` of the password that is not percent-encoded ends what is in front of the host: the rest
 * of it, with the `@` and the true host, would be a path, a query or a fragment, and the user's name the host.
 */
function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, pathname, search, hash } = new URL(text);
  return hash === '' && !/[@,]/.test(`${hostname}${pathname}${search}`);
}

/** The path is the number of a database; whatever else stands there, the client would go on with database 0. */
export function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\/./.test(text) && isServerUrl(text) && /^(\/\d*)?$/.test(new URL(text).pathname);
}

/** Random bytes as hex or base64, in either alphabet; undefined when it is neither. Hex digits alone are always hex. */
export function toBytes(text: string): Uint8Array | undefined {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** Origins as browsers send them (RFC 6454 section 6.2): in lower case, without a default port, nothing behind. */
export function areOrigins(texts: readonly string[]): boolean {
  return texts.every((text) => {
    // RFC 6454 section 6.2, as browsers and app web views send it. Of schemes it does not know, URL gives no origin.
    const [, scheme, host] = /^([a-z][a-z\d+.-]*):\/\/([^\s/?#@*,]+)$/.exec(text) ?? [];
    if (scheme === undefined || host === undefined || !URL.canParse(text)) return false;
    return scheme === 'http' || scheme === 'https'
      ? new URL(text).origin === text
      : /^[\w.-]+(?::\d{1,5})?$/.test(host);
  });
}

/** RFC 9110 section 5.6.2, token. */
export function areHeaderNames(texts: readonly string[]): boolean {
  return texts.every((text) => /^[!#$%&'*+.^_`|~\w-]+$/.test(text));
}

export function toList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

export function withoutSlash(text: string): string {
  return text.replace(/\/$/, '');
}

/** Text that is no JSON comes back as it is, to be refused for what it is then. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
