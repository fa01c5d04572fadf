import type { PluginFunction } from '@graphql-codegen/plugin-helpers';
import { isIntrospectionType, isObjectType } from 'graphql';
export const plugin: PluginFunction = (schema) => {
  const types = Object.values(schema.getTypeMap())
    .filter((t) => isObjectType(t) && !isIntrospectionType(t) && !t.name.startsWith('__'))
    .sort((a, b) => a.name.localeCompare(b.name));
  const body = types
    .map(
      (t) =>
        `  ${t.name}: {\n${Object.keys((t as any).getFields())
          .map((f) => `    ${f}: Rule;`)
          .join('\n')}\n  };`,
    )
    .join('\n');
  const coords = types.flatMap((t) => Object.keys((t as any).getFields()).map((f) => `'${t.name}.${f}'`));
  return {
    prepend: ["import type { ShieldRule as Rule } from 'graphql-shield/typings/types.js';"]
      .slice(1)
      .concat("import type { Rule } from '../rule.js';"),
    content: `export interface PermissionTree {\n${body}\n}\nexport type FieldCoordinate = ${coords.join(' | ')};\nexport const fieldCoordinates = [${coords.join(', ')}] as const satisfies readonly FieldCoordinate[];\n`,
  };
};
export default { plugin };
