/** Documents for the hostile schema whose text is short and whose work is not. */

/** `count` times what `write` gives. */
export function repeat(count: number, write: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => write(index)).join(' ');
}

/** Fragments that each spread the next one `width` times: width^levels fields. */
export function fanOut(levels: number, width = 2): string {
  const fragments = repeat(
    levels,
    (level) => `fragment F${level} on Crate { ${repeat(width, (n) => `a${n}: inside { ...F${level + 1} }`)} }`,
  );
  return `query FanOut { crate(id: "c-1") { ...F0 } } ${fragments} fragment F${levels} on Crate { id }`;
}

/** Fields within fields, `levels` of them. */
export function nest(levels: number): string {
  return `{ ${'self { '.repeat(levels - 1)} open ${'} '.repeat(levels - 1)} }`;
}

/** Names that every object has; as names of a client's choice they mean nothing. */
export const prototypeNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const;
