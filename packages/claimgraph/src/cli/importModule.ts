import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from './exitCodes.ts';

/**
 * The default export of a module of the project. TypeScript is loaded by the project's own tsx, else by Node itself where
 * it strips types; nothing is done when this file is TypeScript too, for then somebody loads it already.
 */
export async function importDefault(file: string): Promise<unknown> {
  const isTypeScript = ['.ts', '.mts', '.cts'].includes(extname(file));
  if (isTypeScript && !import.meta.url.endsWith('.ts')) await readyForTypeScript(file);
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
  return defaultOf(module.default);
}

/** A module that was compiled to CommonJS has its default export a level deeper. */
function defaultOf(exported: unknown): unknown {
  const isCompiled = typeof exported === 'object' && exported !== null && Reflect.get(exported, '__esModule') === true;
  return isCompiled ? Reflect.get(exported, 'default') : exported;
}

async function readyForTypeScript(file: string): Promise<void> {
  const ofProject = createRequire(join(file, '..', 'package.json'));
  try {
    // What `node --import tsx` does, for the whole process. `tsImport` would load a second copy of the engine for the
    // project, and rules of another copy are not known; `tsx/esm/api` cannot be found by `require.resolve` (tsx 4.23).
    await import(pathToFileURL(ofProject.resolve('tsx')).href);
    return;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  if (!Reflect.get(process.features, 'typescript')) {
    throw new UsageError(
      `${file}: expected tsx in the project, or a Node that runs TypeScript; got neither (Node ${process.versions.node}). Run \`npm install --save-dev tsx\`, or write the file in JavaScript.`,
    );
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}
