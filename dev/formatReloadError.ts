/** Why a copy of `src/` could not be used, in one message: a stack only where the message does not say the place. */
export function formatReloadError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isDefect = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  if (isDefect) return withoutGenerations(error.stack ?? String(error));
  // Imports of what a file does not export: the first line of the stack is the importing file and line.
  const place = error instanceof SyntaxError ? `${error.stack?.split('\n')[0]}: ` : '';
  return withoutGenerations(`${place}${error.message}`);
}

function withoutGenerations(text: string): string {
  return text.replaceAll(/\?generation=\d+/g, '');
}
