import { type ApiAnswer, createTokenManager, type TokenManager, type TokenManagerOptions } from '../src/index.ts';

/** A token in the form of a JWT; nothing in the core looks at signatures. */
export function tokenOf(subject: string, number = 1): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ iss: 'https://pool.test', sub: subject, jti: number })}.signature`;
}

/** Whoever issues tokens: counts refreshes and answers them in turn; by default with the next token of the same person. */
export interface Issuer {
  readonly refresh: () => Promise<string | null>;
  readonly refreshCount: () => number;
  /** What the next refreshes end with, once each; an Error is thrown. */
  answer(...outcomes: readonly (string | null | Error | Promise<string>)[]): void;
}

export function createIssuer(subject = 'ann'): Issuer {
  let count = 0;
  const queued: (string | null | Error | Promise<string>)[] = [];
  return {
    async refresh() {
      count += 1;
      const outcome = queued.length > 0 ? queued.shift() : tokenOf(subject, count + 1);
      if (outcome instanceof Error) throw outcome;
      return (await outcome) ?? null;
    },
    refreshCount: () => count,
    answer: (...outcomes) => void queued.push(...outcomes),
  };
}

/** A manager that does not really wait, with a name of its own; nobody is signed in. */
export function createManager(options: TokenManagerOptions): TokenManager & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  names += 1;
  const manager = createTokenManager({ name: `test-${names}`, retry: { wait }, ...options });
  return { ...manager, waits };
}

let names = 0;

/** The same with `ann` signed in, kept in memory. */
export async function signedIn(options: TokenManagerOptions, token = tokenOf('ann')) {
  const manager = createManager(options);
  await manager.setToken(token);
  return manager;
}

/** A promise, and what settles it. */
export function deferred<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** An API that answers with what a function makes of the token, and records the tokens that it saw. */
export function createApi(answer: (token: string | undefined, attempt: number) => ApiAnswer | Promise<ApiAnswer>) {
  const seen: (string | undefined)[] = [];
  return {
    seen,
    operation: (isMutation = false) => ({
      isMutation,
      send: async (token: string | undefined) => {
        seen.push(token);
        return answer(token, seen.length);
      },
      read: (given: ApiAnswer) => given,
    }),
  };
}

export const expired: ApiAnswer = refusal('UNAUTHENTICATED', { reason: 'expired' }, 401);
export const invalid: ApiAnswer = refusal('UNAUTHENTICATED', { reason: 'invalid' }, 401);
export const data: ApiAnswer = { data: { health: 'ok' }, status: 200 };

/** A request that failed as a whole: there is no `data`. */
export function refusal(code: string, details: object = {}, status = 403, more: Partial<ApiAnswer> = {}): ApiAnswer {
  return { errors: [{ message: code, extensions: { code, ...details } }], status, ...more };
}

/** A field that was refused: null, with an error at its path. */
export function fieldRefusal(code: string, details: object = {}, field = 'pay'): ApiAnswer {
  const error = { message: code, path: [field], extensions: { code, ...details } };
  return { data: { [field]: null }, errors: [error], status: 200 };
}
