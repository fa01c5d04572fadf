/** The Web Locks of an origin, the same in all of its tabs. */
interface Locks {
  request<T>(name: string, options: LockOptions, task: () => Promise<T>): Promise<T>;
  query(): Promise<{ readonly held: readonly { readonly name: string }[] }>;
}

interface LockOptions {
  readonly mode?: 'shared';
  readonly signal?: AbortSignal;
}

/** What the kit uses of a browser's `navigator`, where there is one. */
export function readNavigator(): { readonly onLine?: boolean; readonly locks?: Locks } {
  return Object(Reflect.get(globalThis, 'navigator'));
}

/** Calls a listener when another tab has changed what is stored, where there are tabs. */
export function listenToStorage(listener: () => void, signal: AbortSignal): void {
  Object(globalThis).addEventListener?.('storage', listener, { signal });
}
