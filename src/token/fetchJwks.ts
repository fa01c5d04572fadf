/** Gives the parsed JSON that a JWKS endpoint serves; rejects when it cannot. */
export type FetchJwks = (jwksUri: string, signal: AbortSignal) => Promise<unknown>;

/** Names and addresses that never leave the machine; what the local user pool listens on. */
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/** Says what is wrong with the address of a JWKS, or undefined. Whoever answers there can sign tokens for us. */
export function checkJwksUri(jwksUri: string): string | undefined {
  if (!URL.canParse(jwksUri)) return `expected a URL; got ${JSON.stringify(jwksUri)}`;
  const { protocol, hostname, username, password } = new URL(jwksUri);
  if (username !== '' || password !== '') return 'expected a URL without user name and password; got one with them';
  if (protocol === 'https:' || (protocol === 'http:' && loopbackHosts.includes(hostname))) return undefined;
  return `expected https, or http on this machine only; got ${protocol}//${hostname}`;
}

/**
 * A fetch of JWKS documents over HTTPS: no redirects (the key would come from where somebody else says), a time-out over
 * the whole answer, and a bounded body. Rejects with an Error that names the address and what it answered.
 */
export function createJwksFetcher(limits: { readonly timeoutMs: number; readonly maxBytes: number }): FetchJwks {
  return async (jwksUri, signal) => {
    const problem = checkJwksUri(jwksUri);
    if (problem !== undefined) throw new Error(`JWKS address: ${problem}`);
    const abort = new AbortController();
    const timer = setTimeout(
      () => abort.abort(new Error(`no whole answer within ${limits.timeoutMs} ms`)),
      limits.timeoutMs,
    );
    const stop = () => abort.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const headers = { accept: 'application/json' };
      const response = await fetch(jwksUri, { redirect: 'manual', headers, signal: abort.signal });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`expected status 200; got ${response.status}`);
      }
      return JSON.parse(await readText(response, limits.maxBytes));
    } catch (error) {
      throw new Error(`fetching ${jwksUri}: ${reasonOf(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  };
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`expected at most ${maxBytes} bytes; got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown failure';
  // undici says only "fetch failed"; the reason is in its cause.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
