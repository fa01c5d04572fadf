import type { InitializeHook, ResolveHook } from 'node:module';

/**
 * Resolve hooks (node:module) by which a file of `src/` that is imported with `?generation=3` imports its own kind with
 * the same mark: a fresh copy of all of `src/` in one process, beside packages that stay as they are.
 */
let source = '';

export const initialize: InitializeHook<{ readonly source: string }> = (data) => {
  source = data.source;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  const [, generation] = /\?generation=(\d+)$/.exec(context.parentURL ?? '') ?? [];
  if (generation === undefined || !resolved.url.startsWith(source) || resolved.url.includes('?')) return resolved;
  return { ...resolved, url: `${resolved.url}?generation=${generation}` };
};
