import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deserialize } from 'node:v8';
import { readTextFile } from '../files/readTextFile.ts';
import type { Persona, Personas } from '../inspect/persona.ts';
import type { ProjectConfig } from './defineConfig.ts';
import { UsageError } from './exitCodes.ts';
import { parsePersonas } from './parsePersonas.ts';

/** Those of the file that was given, else the project's own. Throws UsageError when there are none. */
export function choosePersonas(config: ProjectConfig, folder: string, file: string | undefined): Personas {
  const personas = file === undefined ? config.personas : readPersonas(resolve(folder, file));
  if (personas && Object.keys(personas).length > 0) return personas;
  throw new UsageError(
    'expected at least one persona; got none. Add `personas: { name: { scopes: […], claims: … } }` to claimgraph.config.ts, or give a file: --personas FILE',
  );
}

export interface NamedPersona {
  readonly name: string;
  readonly persona: Persona;
}

/** The caller that `--as` and `--scope` name. Several scopes may stand in one text, as in a token (RFC 6749 section 3.3). */
export function chooseCaller(
  personas: Personas,
  { as: name, scope: scopes }: { readonly as?: string | undefined; readonly scope?: readonly string[] | undefined },
): NamedPersona {
  const persona = name !== undefined && Object.hasOwn(personas, name) ? personas[name] : undefined;
  if (name === undefined || !persona) {
    throw new UsageError(`--as: expected one of ${Object.keys(personas).join(', ')}; got ${name ?? 'nothing'}`);
  }
  if (!scopes) return { name, persona };
  if (persona.kind === 'anonymous') {
    throw new UsageError(`--scope: expected --as to name somebody with a token; ${name} is anonymous, without scopes`);
  }
  return { name, persona: { ...persona, scopes: scopes.flatMap((text) => text.split(' ').filter(Boolean)) } };
}

function readPersonas(file: string): Personas {
  try {
    // As `diff` hands them on: claims may hold dates and sets, which JSON does not keep.
    const personas: unknown = file.endsWith('.v8') ? deserialize(readFileSync(file)) : JSON.parse(readTextFile(file));
    return parsePersonas(file, personas);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`--personas: expected a file with JSON; got: ${error.message}`, { cause: error });
  }
}
