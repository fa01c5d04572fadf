export interface TextAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Empty unless the status is 200: what comes with any other is not read. */
  readonly text: string;
}

export interface FetchLimits {
  /** How long the whole answer may take. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/** The answer came, and its body is no text that can be used; asking again would give the same. */
export class UnusableBodyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/**
 * One HTTP exchange without redirects (the answer would come from where somebody else says), with a time-out over the
 * whole answer and a bounded UTF-8 body. Rejects with UnusableBodyError for the body, and with whatever `fetch` says when
 * there is no answer; `reasonOf` says why.
 */
export async function fetchText(
  url: string,
  request: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  { timeoutMs, maxBytes, signal }: FetchLimits,
): Promise<TextAnswer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no whole answer within ${timeoutMs} ms`)), timeoutMs);
  const stop = () => abort.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const response = await fetch(url, { ...request, redirect: 'manual', signal: abort.signal });
    const { status, headers } = response;
    if (status === 200) return { status, headers, text: await readText(response, maxBytes) };
    await response.body?.cancel();
    return { status, headers, text: '' };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** undici says only "fetch failed"; the reason is in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown failure';
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new UnusableBodyError(`expected at most ${maxBytes} bytes; got more`);
    chunks.push(chunk);
  }
  try {
    // Without `fatal`, bytes that are not UTF-8 would become U+FFFD, and so one text another.
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UnusableBodyError('expected UTF-8; got other bytes');
  }
}
