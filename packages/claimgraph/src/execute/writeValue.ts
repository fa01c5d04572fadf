import { type GraphQLOutputType, getNullableType, isLeafType, isListType, isObjectType } from 'graphql';
import type { SelectionOf, Write } from './compiledSelection.ts';

/** Thrown for a value whose JSON is not known: of a scalar of the schema's own, say. */
export const unwritable = new TypeError('only JSON.stringify can write this value');

/** What an abstract type has become cannot be seen in the data, so it is left to JSON.stringify. */
export function compileWrite(type: GraphQLOutputType, selectionOf: SelectionOf): Write {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return writeList(compileWrite(nullable.ofType, selectionOf));
  if (isLeafType(nullable)) return writeLeaf;
  if (!isObjectType(nullable)) return JSON.stringify;
  const { write } = selectionOf(nullable);
  return (value) => (value === null ? 'null' : write(value));
}

function writeList(writeItem: Write): Write {
  return (value) => {
    if (value === null) return 'null';
    if (!Array.isArray(value)) throw unwritable;
    let text = '[';
    for (let index = 0; index < value.length; index += 1) text += (index === 0 ? '' : ',') + writeItem(value[index]);
    return `${text}]`;
  };
}

function writeLeaf(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return `${value}`;
  throw unwritable;
}

/** Short texts are looked through faster than they are given to JSON.stringify. */
function quote(text: string): string {
  if (text.length > 64) return JSON.stringify(text);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // Control characters, the quote, the backslash, and what may be half of a surrogate pair.
    if (code < 32 || code === 34 || code === 92 || code >= 0xd800) return JSON.stringify(text);
  }
  return `"${text}"`;
}
