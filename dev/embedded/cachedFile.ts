import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The content of a file that can be made again at some cost. A file that is damaged is made anew; one that cannot be
 * written costs the making each time, and nothing else.
 */
export async function readOrMakeFile(file: string, make: () => Promise<Buffer<ArrayBuffer>>) {
  const kept = await readIntact(file);
  if (kept) return kept;
  const made = await make();
  await keep(file, made);
  return made;
}

const digestLength = 32;

/** The SHA-256 of the content follows it, so that a file cut short or overwritten is noticed. */
async function readIntact(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = await readFile(file);
  } catch {
    return undefined; // absent or unreadable: it is made anew
  }
  const content = bytes.subarray(0, -digestLength);
  return digestOf(content).equals(bytes.subarray(-digestLength)) ? content : undefined;
}

/** Other processes may do the same at the same time: each writes its own file, and the last rename stays. */
async function keep(file: string, content: Buffer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, Buffer.concat([content, digestOf(content)]));
    await rename(unfinished, file);
  } catch {
    // A read-only installation or a full disk.
    await rm(unfinished, { force: true }).catch(() => {});
  }
}

function digestOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
