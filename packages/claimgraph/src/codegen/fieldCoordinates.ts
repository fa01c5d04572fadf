import { type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';

/**
 * A plugin of GraphQL Code Generator. Emits the coordinates of all fields for clients, a union type and the list; what it
 * makes imports nothing, so that it can be copied.
 */
export function plugin(schema: GraphQLSchema): string {
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
}

export default { plugin };
