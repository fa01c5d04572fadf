import { builtinModules } from 'node:module';
import type { PackagedFile } from './filesOfPackage.ts';

/** What is taken of the project's own package.json. */
export interface ProjectManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export interface PackageManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

const taken = ['name', 'version', 'description', 'license', 'type', 'bin', 'exports', 'engines'] as const;

/**
 * The package's manifest: what the project says of itself, and the packages that the published files import, in the
 * project's versions. What the project calls a peer, what is only imported when it is needed, and what is only imported for
 * its types is an optional peer: users install it when they use it. Throws for a package whose version nobody has said.
 */
export function toPackageManifest(project: ProjectManifest, files: readonly PackagedFile[]): PackageManifest {
  const { dependencies, devDependencies, peerDependencies = {} } = project;
  const needed = new Set<string>();
  const optional = new Set<string>();
  for (const { path, imports } of files) {
    for (const { specifier, isDynamic } of imports) {
      const name = packageOf(specifier);
      if (name === undefined || name === project.name) continue;
      const isNeeded = path.endsWith('.js') && !isDynamic && peerDependencies[name] === undefined;
      (isNeeded ? needed : optional).add(name);
    }
  }
  const peers = [...optional].filter((name) => !needed.has(name)).sort();
  return {
    ...Object.fromEntries(taken.map((member) => [member, project[member]])),
    dependencies: Object.fromEntries([...needed].sort().map((name) => [name, versionOf(name)])),
    ...(peers.length > 0 && {
      peerDependencies: Object.fromEntries(
        peers.map((name) => [name, peerDependencies[name] ?? `^${versionOf(name)}`]),
      ),
      peerDependenciesMeta: Object.fromEntries(peers.map((name) => [name, { optional: true }])),
    }),
  };

  function versionOf(name: string): string {
    const version = dependencies[name] ?? devDependencies[name];
    if (version === undefined) {
      throw new Error(`expected a version of ${name} in package.json; published files import it`);
    }
    return version;
  }
}

/** `@apollo/server/plugin/disabled` → `@apollo/server`; undefined for files and for what Node has. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return builtinModules.includes(name) ? undefined : name;
}
