import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Source } from 'graphql';
import { ConfigurationError } from '../errors.ts';
import { readTextFile } from '../files/readTextFile.ts';

/** The endings that GraphQL's tools give to files of SDL. */
const sdlFile = /\.(graphql|graphqls|gql|gqls)$/i;

/**
 * The SDL files of a folder and of the folders in it, in the order of their paths. Throws ConfigurationError when there are
 * none, and for a link to a folder: what it leads to would be read twice, or without end.
 */
export function readTypeDefs(folder: URL): readonly Source[] {
  const path = fileURLToPath(folder);
  const files = existsSync(path) ? filesIn(path).filter((file) => sdlFile.test(file)) : [];
  if (files.length === 0) throw new ConfigurationError(`expected .graphql or .gql files in ${path}; got none`);
  return files.map((file) => new Source(readTextFile(file), relative('', file)));
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    if (!statSync(path).isDirectory()) return [path];
    throw new ConfigurationError(`expected a folder or a file at ${path}; got a link to a folder. Put its files there`);
  });
}
