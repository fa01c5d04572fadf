/**
 * Freezes claims in depth, so that no request can change what another one is decided by. It throws a TypeError on what
 * freezing does not protect (a Date, Map, Set or other class, an accessor) and on functions: claims are plain data. The message names
 * the place and never the value.
 */
export function freezeClaims<C>(claims: C): C {
  freezeAt('claims', claims, new Set());
  return claims;
}

function freezeAt(place: string, value: unknown, seen: Set<object>): void {
  if (typeof value === 'function') throw new TypeError(`${place} must be plain data; got a function`);
  // An object that is frozen already may hold others that are not: only `seen` ends the walk.
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  if (!isPlain(value)) throw new TypeError(`${place} must be plain data; got an object of a class`);
  seen.add(Object.freeze(value));
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (!('value' in property)) throw new TypeError(`${place}.${name} must be plain data; got an accessor`);
    freezeAt(`${place}.${name}`, property.value, seen);
  }
}

/** True for what literals make, also in a worker or a vm context, whose `Object.prototype` is another one. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
