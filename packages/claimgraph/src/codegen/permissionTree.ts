import {
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

/** Where the generated file imports from. */
export interface PermissionTreeOptions {
  /** The types of the vocabulary; this package unless given. */
  readonly rulesFrom?: string;
  /** What the plugins `typescript` and `typescript-resolvers` make; `./resolvers.ts` unless given. */
  readonly resolversFrom?: string;
}

/**
 * A plugin of GraphQL Code Generator. Emits the type of the permission map: every field of every object type is required,
 * with a rule that fits its parent and its arguments; rules on interface fields are optional and bind all implementations.
 * Input types and enums are optional too, and complete where they are named.
 */
export function plugin(
  schema: GraphQLSchema,
  _documents: unknown,
  { rulesFrom = 'claimgraph', resolversFrom = './resolvers.ts' }: PermissionTreeOptions,
): { readonly prepend: string[]; readonly content: string } {
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const objects = types.filter(isObjectType);
  const interfaces = types.filter(isInterfaceType);
  const inputs = types.filter((type) => isInputObjectType(type) || isEnumType(type));
  return {
    prepend: [
      `import type { FieldRule, TypeRules } from '${rulesFrom}';`,
      `import type * as Schema from '${resolversFrom}';`,
    ],
    content: [
      '/** A rule for every field of the schema: a field without one, or with one that does not fit, does not compile. */',
      'export type PermissionTree = {',
      ...objects.map((type) => entry(type, '')),
      ...interfaces.map((type) => entry(type, '?')),
      ...inputs.map(inputEntry),
      '};',
      '',
    ].join('\n'),
  };
}

function entry(type: GraphQLObjectType | GraphQLInterfaceType, optional: '' | '?'): string {
  const fields = Object.values(type.getFields()).map((field) => {
    return `    readonly ${field.name}${optional}: FieldRule<Schema.ResolversParentTypes['${type.name}'], ${argumentsOf(type, field)}>;`;
  });
  const parent = `Schema.ResolversParentTypes['${type.name}']`;
  return `  readonly ${type.name}${optional}: TypeRules<${parent}, {\n${fields.join('\n')}\n  }>;`;
}

/** What may be used in arguments is decided by token and claims alone, so that no rule on rows or arguments fits. */
function inputEntry(type: GraphQLInputObjectType | GraphQLEnumType): string {
  const members = isEnumType(type) ? type.getValues().map(({ name }) => name) : Object.keys(type.getFields());
  const rules = members.map((name) => `    readonly ${name}: FieldRule;`);
  return `  readonly ${type.name}?: TypeRules<unknown, {\n${rules.join('\n')}\n  }>;`;
}

/** The name under which the typescript plugin emits the arguments of a field. */
function argumentsOf(type: GraphQLObjectType | GraphQLInterfaceType, field: GraphQLField<unknown, unknown>): string {
  if (field.args.length === 0) return 'object';
  return `Schema.${type.name}${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Args`;
}

export default { plugin };
