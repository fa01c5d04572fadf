/**
 * Configuration of `@graphql-codegen/client-preset` for clients of this API: what its scalars are in JSON. An instant stays the
 * text that came: nothing parses it on the way.
 */
export const clientPresetConfig = {
  scalars: { ID: 'string', DateTime: 'string', Usd: 'number', JSON: 'unknown' },
  // A scalar that is missing above stops the generation, instead of becoming `any`.
  strictScalars: true,
  enumsAsTypes: true,
  useTypeImports: true,
} as const;
