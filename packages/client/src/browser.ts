interface Locks {
  request<T>(name: string, options: { readonly signal: AbortSignal }, task: () => Promise<T>): Promise<T>;
}

/** What the kit uses of a browser's `navigator`, where there is one. */
export function readNavigator(): { readonly onLine?: boolean; readonly locks?: Locks } {
  return Object(Reflect.get(globalThis, 'navigator'));
}
