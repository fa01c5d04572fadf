import type { PluginFunction } from '@graphql-codegen/plugin-helpers';
import { type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';

/** Emits the coordinates of all fields for clients: a union type and the list. The file imports nothing, so that it can be copied. */
export const plugin: PluginFunction = (schema: GraphQLSchema) => {
  const coordinates = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    .sort();
  return [
    '/** Every field that a client can select, by its schema coordinate: what `viewer.can` takes. */',
    'export const fieldCoordinates = [',
    ...coordinates.map((coordinate) => `  '${coordinate}',`),
    '] as const;',
    '',
    'export type FieldCoordinate = (typeof fieldCoordinates)[number];',
    '',
  ].join('\n');
};

export default { plugin };
