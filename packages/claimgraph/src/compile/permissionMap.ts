import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { PermissionMap } from '../rules/permissionMap.ts';
import { isRule } from '../rules/rule.ts';
import type { ReportProblemAt } from './problem.ts';

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

/** The map with `'*'` for a rule that stands in the place of a type's fields, or of all types. */
export function spellOutWildcards(permissions: PermissionMap): PermissionMap {
  if (isRule(permissions)) return { [wildcard]: permissions };
  const spelledOut = Object.entries(permissions).map(([typeName, fields]) => {
    return [typeName, typeName !== wildcard && isRule(fields) ? { [wildcard]: fields } : fields];
  });
  return Object.fromEntries(spelledOut);
}

/** Reports types and fields that do not exist, and entries of another form; the rules themselves are not looked at. */
export function readPermissionMap(
  schema: GraphQLSchema,
  permissions: PermissionMap,
  report: ReportProblemAt,
): PermissionLookup {
  const entries = new Map<string, MapEntry>();
  const keep = (coordinate: string, typeName: string, value: unknown) =>
    entries.set(coordinate, { coordinate, typeName, value });
  for (const [typeName, fields] of Object.entries(spellOutWildcards(permissions))) {
    if (typeName === wildcard) {
      keep(wildcard, wildcard, fields);
      continue;
    }
    const type = Object.hasOwn(schema.getTypeMap(), typeName) ? schema.getTypeMap()[typeName] : undefined;
    if (!type) {
      report(
        typeName,
        'UNKNOWN_TYPE',
        'there is no such type in the schema',
        'correct the name, or take the entry out',
      );
    } else if (isIntrospectionType(type)) {
      report(
        typeName,
        'RULE_ON_INTROSPECTION',
        'introspection is opened or closed as a whole, and takes no rules',
        'take the entry out, and set `introspection`',
      );
    } else if (!isObjectType(type) && !isInterfaceType(type)) {
      report(
        typeName,
        'RULE_ON_OTHER_TYPE',
        'rules go on fields of object types and interfaces, and this is another kind of type',
        'put the rule on the fields of that type; for an input, on the field that takes it',
      );
    } else if (!isRecord(fields)) {
      report(
        typeName,
        'INVALID_TYPE_ENTRY',
        'expected an object with a rule for each field',
        `${typeName}: { '*': rule } for one rule on all fields`,
      );
    } else {
      for (const [fieldName, value] of Object.entries(fields)) {
        const coordinate = `${typeName}.${fieldName}`;
        if (fieldName === wildcard || Object.hasOwn(type.getFields(), fieldName)) keep(coordinate, typeName, value);
        else {
          report(
            coordinate,
            'UNKNOWN_FIELD',
            'there is no such field in the schema',
            'correct the name, or take the entry out',
          );
        }
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
