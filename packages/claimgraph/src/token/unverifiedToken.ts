import { invalidToken } from './tokenError.ts';

/** Cognito's access tokens have 1 to 2 KB; only claims that a trigger adds make them longer. */
export const maxTokenLength = 24_576;

/** Cognito nests custom claims a few levels deep at most. */
const maxJsonDepth = 16;

/** Cognito's key ids are base64; the local pool's are base64url. */
const saneKeyId = /^[A-Za-z0-9+/=_-]{1,128}$/;

/** What the header `typ` of an access token can be: RFC 9068 section 2.1 has `at+jwt`, many issuers send JWT or nothing. */
export const headerTypes = ['absent', 'JWT', 'at+jwt'] as const;

export type HeaderType = (typeof headerTypes)[number];

/** RFC 7515 section 4.1.9: compared in lower case, and with or without "application/". */
const headerTypeOf: ReadonlyMap<unknown, HeaderType> = new Map<unknown, HeaderType>([
  [undefined, 'absent'],
  ['jwt', 'JWT'],
  ['at+jwt', 'at+jwt'],
  ['application/at+jwt', 'at+jwt'],
]);

/**
 * Header parameters that ask for something we do not do: keys that travel with the token or are fetched from where it
 * says, and extensions that must be understood (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5, 4.1.6 and 4.1.11).
 */
const refusedParameters = ['jwk', 'jku', 'x5u', 'x5c', 'crit'];

/** What has to be known of a token before its signature can be checked. Nothing in it is to be trusted yet. */
export interface UnverifiedToken {
  readonly keyId: string;
  readonly headerType: HeaderType;
  /** The `iss` claim, whatever it is: only to be compared with the configured issuers. */
  readonly issuer: unknown;
}

/**
 * Reads which key of which issuer a token names, and throws UnauthenticatedError for whatever no issuer of ours signs:
 * another form than a compact JWS, another algorithm than RS256, a header that names keys. Costs no network call.
 */
export function parseUnverifiedToken(token: string): UnverifiedToken {
  if (token.length > maxTokenLength) {
    throw invalidToken(`a token has at most ${maxTokenLength} characters; got ${token.length}`);
  }
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    throw invalidToken(`a signed JWT has 3 segments; got ${token.split('.').length}`);
  }
  decodeBase64Url(signature, 'signature');
  return {
    ...parseHeader(parseJsonObject(decodeBase64Url(header, 'header'), 'header')),
    issuer: parseJsonObject(decodeBase64Url(payload, 'payload'), 'payload').iss,
  };
}

function parseHeader(header: Readonly<Record<string, unknown>>): Omit<UnverifiedToken, 'issuer'> {
  const { alg, typ, kid } = header;
  // RFC 8725 section 3.1: the algorithm is ours to choose, never the token's.
  if (alg !== 'RS256') throw invalidToken('header "alg" must be RS256; got something else');
  const headerType = headerTypeOf.get(typeof typ === 'string' ? typ.toLowerCase() : typ);
  if (headerType === undefined) {
    throw invalidToken('header "typ" must be absent, JWT or at+jwt; got something else');
  }
  const present = refusedParameters.filter((name) => Object.hasOwn(header, name));
  if (present.length > 0) throw invalidToken(`header parameters that are not accepted: ${present.join(', ')}`);
  if (typeof kid !== 'string' || !saneKeyId.test(kid)) {
    throw invalidToken(`header "kid" must be a string of at most 128 base64 characters; got ${typeof kid}`);
  }
  return { keyId: kid, headerType };
}

/** RFC 7515 section 2: base64url without padding. Only the canonical spelling, so that a token has exactly one. */
function decodeBase64Url(segment: string, part: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (segment === '' || bytes.toString('base64url') !== segment) {
    throw invalidToken(`the ${part} must be unpadded base64url; got ${segment.length} characters of another form`);
  }
  return bytes;
}

function parseJsonObject(bytes: Buffer, part: string): Readonly<Record<string, unknown>> {
  if (jsonDepth(bytes) > maxJsonDepth) throw invalidToken(`the ${part} must not be nested deeper than ${maxJsonDepth}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // No cause: the messages of JSON.parse quote what they could not parse.
    throw invalidToken(`the ${part} must be JSON in UTF-8; got something else`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidToken(`the ${part} must be a JSON object; got ${Array.isArray(value) ? 'array' : typeof value}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** How deep brackets nest outside strings; an upper bound for bytes that are not JSON. */
function jsonDepth(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString && byte === 0x5c) index += 1;
    else if (byte === 0x22) inString = !inString;
    else if (!inString && (byte === 0x7b || byte === 0x5b)) deepest = Math.max(deepest, ++depth);
    else if (!inString && (byte === 0x7d || byte === 0x5d)) depth -= 1;
  }
  return deepest;
}
