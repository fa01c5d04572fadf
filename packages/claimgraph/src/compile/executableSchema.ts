import { type IExecutableSchemaDefinition, makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, isScalarType } from 'graphql';
import { ConfigurationError } from '../errors.ts';
import { parseSdl, type TypeDefs } from './parseSdl.ts';

export type Resolvers = NonNullable<IExecutableSchemaDefinition['resolvers']>;

/** SDL and resolvers → a schema without guards. Throws SdlError, and ConfigurationError for resolvers that fit no field. */
export function createExecutableSchema(
  typeDefs: TypeDefs,
  resolvers: Resolvers | undefined,
  options: SchemaOptions = {},
): GraphQLSchema {
  return addResolvers(parseSdl(typeDefs), resolvers, options);
}

/** Options of `makeExecutableSchema` of @graphql-tools/schema that are about resolvers. */
export type SchemaOptions = Pick<
  IExecutableSchemaDefinition,
  'inheritResolversFromInterfaces' | 'resolverValidationOptions'
>;

function addResolvers(
  schema: GraphQLSchema,
  resolvers: Resolvers | undefined,
  { resolverValidationOptions, ...options }: SchemaOptions,
): GraphQLSchema {
  const specifications = specificationsIn(schema);
  try {
    const executable = makeExecutableSchema({
      // Built by graphql-js, because makeExecutableSchema (@graphql-tools/merge 9.2.8) merges a directive that a type and its
      // extension both have into one: two lists of required scopes become a single any-of.
      typeDefs: schema,
      resolvers: withOwnNamesOnly(resolvers),
      ...options,
      resolverValidationOptions: { requireResolversToMatchSchema: 'error', ...resolverValidationOptions },
    });
    // A scalar among the resolvers that says of itself no specification takes away the SDL's (@graphql-tools/schema 10.1.5).
    for (const scalar of Object.values(executable.getTypeMap()).filter(isScalarType)) {
      scalar.specifiedByURL ??= specifications.get(scalar.name);
    }
    return executable;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigurationError(`the resolvers do not fit the schema: ${error.message}`, { cause: error });
  }
}

/** What `@specifiedBy` says of scalars in the SDL. */
function specificationsIn(schema: GraphQLSchema): ReadonlyMap<string, string | undefined> {
  const scalars = Object.values(schema.getTypeMap()).filter(isScalarType);
  return new Map(scalars.map(({ name, specifiedByURL }) => [name, specifiedByURL ?? undefined]));
}

/**
 * The same resolvers in maps without prototypes: makeExecutableSchema looks types and fields up by plain access (10.1.5),
 * so a field called `toString` would otherwise get the resolver that every object has.
 */
function withOwnNamesOnly(resolvers: Resolvers | undefined): Resolvers {
  const maps = Array.isArray(resolvers) ? resolvers : [resolvers ?? {}];
  return maps.map((types) => {
    const fieldsOfTypes = Object.entries(types).map(([name, fields]) => [name, withoutPrototype(fields)]);
    return withoutPrototype(Object.fromEntries(fieldsOfTypes));
  });
}

function withoutPrototype(value: object) {
  return Object.getPrototypeOf(value) === Object.prototype ? Object.assign(Object.create(null), value) : value;
}
