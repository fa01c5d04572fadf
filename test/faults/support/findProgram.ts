import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const postgresRoot = '/usr/lib/postgresql';

/** The path of a program on PATH, or in one of Debian's folders for PostgreSQL, the newest first. Throws when there is none. */
export function findProgram(name: string, debianPackage: string): string {
  const onPath = (process.env.PATH ?? '').split(delimiter);
  const path = [...postgresFolders(), ...onPath].map((folder) => join(folder, name)).find(existsSync);
  if (path !== undefined) return path;
  throw new Error(
    `expected the program ${name}; got none on PATH or in ${postgresRoot}. Install it (Debian: apt-get install ${debianPackage}).`,
  );
}

function postgresFolders(): readonly string[] {
  if (!existsSync(postgresRoot)) return [];
  const versions = readdirSync(postgresRoot).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(postgresRoot, version, 'bin'));
}
