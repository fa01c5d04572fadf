// Lone surrogates: `String.prototype.isWellFormed` would say it, but TypeScript's es2023 library lacks it.
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Whether PostgreSQL can hold this text: UTF-8 without NUL. Text that it cannot hold is in no row. Check what comes from
 * a client before it becomes a parameter: pg would send U+FFFD for a lone surrogate, and so ask for another text.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !loneSurrogate.test(text);
}
