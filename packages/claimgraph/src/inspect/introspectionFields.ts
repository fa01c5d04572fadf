import {
  __Type,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;
type Resolver = GraphQLFieldResolver<unknown, unknown>;

/** Gives the schema that is shown to whoever has this context. */
export type ShownSchema = (context: unknown) => Promise<GraphQLSchema>;

const shownInPlaceOf = new WeakMap<GraphQLSchema, ShownSchema>();

/** By the interfaces and unions of a schema that is shown. Of their possible types graphql-js asks the executed schema. */
const shownAround = new WeakMap<object, GraphQLSchema>();

/** The fields of introspection that read the executed schema, and how each is answered from what is shown in its place. */
const resolvers: ReadonlyMap<Field | undefined, (resolve: Resolver) => Resolver> = new Map([
  [SchemaMetaFieldDef, showAnother],
  [TypeMetaFieldDef, showAnother],
  [__Type.getFields().possibleTypes, tellPossibleTypes],
]);

/**
 * From now on introspection describes another schema than this one, wherever it stands in a document and whoever executes it.
 *
 * graphql-js answers introspection of all schemas by one definition of each field, so these are given other resolvers, once and
 * only when this is called; other schemas are answered as before. graphql-js 17 asks `schema.getField` for them, but executors
 * of others go on to take the definitions themselves (@graphql-tools/executor 2.1, which Yoga executes with).
 */
export function showInPlaceOf(schema: GraphQLSchema, shown: ShownSchema): void {
  shownInPlaceOf.set(schema, shown);
  replaceForAll();
}

let areReplaced = false;

function replaceForAll(): void {
  if (areReplaced) return;
  areReplaced = true;
  for (const [field, replace] of resolvers) if (field) field.resolve = replace(field.resolve ?? defaultFieldResolver);
}

function showAnother(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const shown = shownInPlaceOf.get(info.schema);
    if (!shown) return resolve(source, args, context, info);
    return shown(context).then((schema) => {
      for (const type of Object.values(schema.getTypeMap())) if (isAbstractType(type)) shownAround.set(type, schema);
      return resolve(source, args, context, { ...info, schema });
    });
  };
}

function tellPossibleTypes(resolve: Resolver): Resolver {
  return (type, args, context, info) => {
    const schema = isAbstractType(type) ? shownAround.get(type) : undefined;
    return resolve(type, args, context, schema ? { ...info, schema } : info);
  };
}
