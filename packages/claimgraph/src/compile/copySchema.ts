import {
  type GraphQLFieldConfig,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLUnionType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

type FieldConfigs = Readonly<Record<string, GraphQLFieldConfig<unknown, unknown>>>;

/**
 * The same schema with object types, interfaces and unions of its own, so that what is done to its fields is not done to
 * those of the schema it came from. Leaf types, input types and directives hold no fields that are resolved, and are shared.
 * Resolvers, extensions and nodes are kept, and so are properties that a library has put on a type beside those.
 */
export function copySchema(schema: GraphQLSchema): GraphQLSchema {
  const copies = new Map<GraphQLNamedType, GraphQLNamedType>();
  const { query, mutation, subscription, types, ...config } = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    query: query ? copyOfObject(query) : query,
    mutation: mutation ? copyOfObject(mutation) : mutation,
    subscription: subscription ? copyOfObject(subscription) : subscription,
    types: types.map(copyOf),
  });

  function copyOf(type: GraphQLNamedType): GraphQLNamedType {
    if (isIntrospectionType(type)) return type;
    if (isObjectType(type)) return copyOfObject(type);
    if (isInterfaceType(type)) return copyOfInterface(type);
    if (isUnionType(type)) return copyOfUnion(type);
    return type;
  }

  function copyOfObject(type: GraphQLObjectType): GraphQLObjectType {
    const known = copies.get(type);
    if (isObjectType(known)) return known;
    const { fields, interfaces, ...rest } = type.toConfig();
    const copy = new GraphQLObjectType({
      ...rest,
      fields: () => copyFields(fields),
      interfaces: () => interfaces.map(copyOfInterface),
    });
    return keep(type, copy);
  }

  function copyOfInterface(type: GraphQLInterfaceType): GraphQLInterfaceType {
    const known = copies.get(type);
    if (isInterfaceType(known)) return known;
    const { fields, interfaces, ...rest } = type.toConfig();
    const copy = new GraphQLInterfaceType({
      ...rest,
      fields: () => copyFields(fields),
      interfaces: () => interfaces.map(copyOfInterface),
    });
    return keep(type, copy);
  }

  function copyOfUnion(type: GraphQLUnionType): GraphQLUnionType {
    const known = copies.get(type);
    if (isUnionType(known)) return known;
    const { types: members, ...rest } = type.toConfig();
    return keep(type, new GraphQLUnionType({ ...rest, types: () => members.map(copyOfObject) }));
  }

  function copyFields(fields: FieldConfigs) {
    return Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, { ...field, type: copyOfOutput(field.type) }]),
    );
  }

  function copyOfOutput(type: GraphQLOutputType): GraphQLOutputType {
    if (isNonNullType(type)) return new GraphQLNonNull(copyOfOutput(type.ofType));
    if (isListType(type)) return new GraphQLList(copyOfOutput(type.ofType));
    if (isObjectType(type)) return copyOfObject(type);
    if (isInterfaceType(type)) return copyOfInterface(type);
    return isUnionType(type) ? copyOfUnion(type) : type;
  }

  function keep<Type extends GraphQLNamedType>(type: Type, copy: Type): Type {
    copies.set(type, copy);
    // What graphql-js itself makes of a type is on the copy already; the rest is somebody else's, federation libraries' say.
    for (const key of Reflect.ownKeys(type)) {
      const property = Reflect.getOwnPropertyDescriptor(type, key);
      if (property && !Reflect.has(copy, key)) Reflect.defineProperty(copy, key, property);
    }
    return copy;
  }
}
