import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Source } from 'graphql';
import { ConfigurationError } from '../errors.ts';

/** The SDL files of a folder, in the order of their names. Throws ConfigurationError when there are none. */
export function readTypeDefs(folder: URL): readonly Source[] {
  const path = fileURLToPath(folder);
  const names = existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.graphql')) : [];
  if (names.length === 0) throw new ConfigurationError(`expected .graphql files in ${path}; got none`);
  return names.sort().map((name) => {
    const file = join(path, name);
    return new Source(readFileSync(file, 'utf8'), relative('', file));
  });
}
