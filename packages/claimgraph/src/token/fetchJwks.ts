import { checkUrl } from '../httpClient/checkUrl.ts';
import { fetchText, reasonOf } from '../httpClient/fetchText.ts';
import { describeUnexpected } from '../options.ts';

/** Gives the parsed JSON that a JWKS endpoint serves; rejects when it cannot. */
export type FetchJwks = (jwksUri: string, signal: AbortSignal) => Promise<unknown>;

/**
 * A fetch of JWKS documents over HTTPS: whoever answers there can sign tokens for us. No redirects, a time-out over the
 * whole answer, and a bounded body. Rejects with an Error that names the address and what it answered.
 */
export function createJwksFetcher(limits: { readonly timeoutMs: number; readonly maxBytes: number }): FetchJwks {
  return async (jwksUri, signal) => {
    const problem = checkUrl(jwksUri);
    if (problem !== undefined) throw new Error(`JWKS address: ${describeUnexpected(problem)}`);
    try {
      const { status, text } = await fetchText(
        jwksUri,
        { headers: { accept: 'application/json' } },
        { ...limits, signal },
      );
      if (status !== 200) throw new Error(`expected status 200; got ${status}`);
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`fetching ${jwksUri}: ${reasonOf(error)}`, { cause: error });
    }
  };
}
