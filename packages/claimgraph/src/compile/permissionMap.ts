import {
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isScalarType,
  isUnionType,
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
  /** What the map says of the fields of input types and the values of enums, each by its own coordinate. */
  readonly inputs: ReadonlyMap<string, MapEntry>;
  /** Everything that the map says of fields, used or not. */
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

/**
 * Reports types and fields that do not exist, and entries of another form; the rules themselves are not looked at. An input
 * type or an enum that is named at all must be complete: a new member would be open to everybody otherwise.
 */
export function readPermissionMap(
  schema: GraphQLSchema,
  permissions: PermissionMap,
  report: ReportProblemAt,
): PermissionLookup {
  const entries = new Map<string, MapEntry>();
  const inputs = new Map<string, MapEntry>();
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
    } else if (isUnionType(type) || isScalarType(type)) {
      report(
        typeName,
        'RULE_ON_OTHER_TYPE',
        'rules go on fields of object types, interfaces and inputs, and on values of enums, and this is another kind of type',
        'put the rule on the fields of that type, or on the field that takes it',
      );
    } else if (!isRecord(fields)) {
      report(
        typeName,
        'INVALID_TYPE_ENTRY',
        'expected an object with a rule for each field',
        `${typeName}: { '*': rule } for one rule on all fields`,
      );
    } else {
      const isInput = isInputObjectType(type) || isEnumType(type);
      const members = membersOf(type);
      for (const [name, value] of Object.entries(fields)) {
        const coordinate = `${typeName}.${name}`;
        if (name === wildcard || members.includes(name)) {
          if (!isInput) keep(coordinate, typeName, value);
        } else {
          const what = isEnumType(type) ? 'value' : 'field';
          report(
            coordinate,
            isEnumType(type) ? 'UNKNOWN_VALUE' : 'UNKNOWN_FIELD',
            `there is no such ${what} in the schema`,
            'correct the name, or take the entry out',
          );
        }
      }
      if (isInput) keepInputs(typeName, members, fields);
    }
  }
  return {
    entryOf: ({ name }, fieldName) => entries.get(`${name}.${fieldName}`) ?? entries.get(`${name}.${wildcard}`),
    fallback: entries.get(wildcard),
    inputs,
    entries: [...entries.values()],
  };

  function keepInputs(typeName: string, members: readonly string[], rules: Readonly<Record<string, unknown>>): void {
    for (const name of members) {
      const coordinate = `${typeName}.${name}`;
      const key = [name, wildcard].find((candidate) => Object.hasOwn(rules, candidate));
      if (key !== undefined) inputs.set(coordinate, { coordinate, typeName, value: rules[key] });
      else {
        report(
          coordinate,
          'NO_RULE',
          `has no rule, and ${typeName} is in the map`,
          `${typeName}: { ${name}: publicField('…') },`,
        );
      }
    }
  }
}

/** The names of what rules of a type are about. */
function membersOf(
  type: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType | GraphQLEnumType,
): readonly string[] {
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : Object.keys(type.getFields());
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
