import { readFileSync } from 'node:fs';

/**
 * The text of a file as editors and shells write it: UTF-8, or UTF-16 with a byte order mark (as `>` of Windows PowerShell
 * does), without the mark. Line ends stay as they are. Throws TypeError for other bytes, and what the file system says.
 */
export function readTextFile(file: string | URL): string {
  return decodeText(readFileSync(file));
}

/** The same of bytes that were read already. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    // Without `fatal`, other bytes would become U+FFFD, and so one text another.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new TypeError(`expected text in UTF-8; got bytes that are not ${encoding.toUpperCase()}`);
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
