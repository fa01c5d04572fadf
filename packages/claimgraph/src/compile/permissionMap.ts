import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

/**
 * Rules by type and field: what a schema author writes, and what codegen's `PermissionTree` types. `'*'` in a type is for
 * the type's fields that are not named; `'*'` beside the types is for the fields of object types that have no rule of
 * their own then.
 */
export type PermissionMap = Readonly<Record<string, unknown>>;

/** A rule as it stands in the map, and the coordinate it stands under. */
export interface MapEntry {
  readonly coordinate: string;
  /** The type it stands under; `'*'` beside the types. */
  readonly typeName: string;
  readonly value: unknown;
}

/** The map, looked up by type and field. */
export interface PermissionLookup {
  /** What the map says of a type's field itself: by name, else by the type's `'*'`. */
  entryOf(type: GraphQLObjectType | GraphQLInterfaceType, fieldName: string): MapEntry | undefined;
  /** What the map says of the fields of object types that have no entry. */
  readonly fallback: MapEntry | undefined;
  /** Everything that the map says, used or not. */
  readonly entries: readonly MapEntry[];
}

export const wildcard = '*';

/** Reports types and fields that do not exist, and entries of another form; the rules themselves are not looked at. */
export function readPermissionMap(
  schema: GraphQLSchema,
  permissions: PermissionMap,
  report: (coordinate: string, problem: string) => void,
): PermissionLookup {
  const entries = new Map<string, MapEntry>();
  const keep = (coordinate: string, typeName: string, value: unknown) =>
    entries.set(coordinate, { coordinate, typeName, value });
  for (const [typeName, fields] of Object.entries(permissions)) {
    if (typeName === wildcard) {
      keep(wildcard, wildcard, fields);
      continue;
    }
    const type = Object.hasOwn(schema.getTypeMap(), typeName) ? schema.getTypeMap()[typeName] : undefined;
    if (!type) {
      report(typeName, 'there is no such type in the schema');
    } else if (isIntrospectionType(type)) {
      report(typeName, 'introspection is opened or closed as a whole, and takes no rules');
    } else if (!isObjectType(type) && !isInterfaceType(type)) {
      report(typeName, 'rules go on fields of object types and interfaces; this is another kind of type');
    } else if (!isRecord(fields)) {
      report(typeName, 'expected an object with a rule for each field');
    } else {
      for (const [fieldName, value] of Object.entries(fields)) {
        const coordinate = `${typeName}.${fieldName}`;
        if (fieldName === wildcard || Object.hasOwn(type.getFields(), fieldName)) keep(coordinate, typeName, value);
        else report(coordinate, 'there is no such field in the schema');
      }
    }
  }
  return {
    entryOf: ({ name }, fieldName) => entries.get(`${name}.${fieldName}`) ?? entries.get(`${name}.${wildcard}`),
    fallback: entries.get(wildcard),
    entries: [...entries.values()],
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
