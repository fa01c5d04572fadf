import {
  buildASTSchema,
  type DefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  Kind,
  type NamedTypeNode,
  parse,
  printSchema,
} from 'graphql';

/**
 * The part of a schema that a caller can ever reach, for introspection and SDL: it executes nothing. `isReachable` tells of
 * the fields of object types, by their coordinate. A field is left out as well when nothing can be selected of its type; a
 * field of an interface when one of the types behind it lacks it, as each must have it; a type when no field leads to it.
 * Undefined when no field of the query type is left.
 */
export function reachableSchema(
  schema: GraphQLSchema,
  isReachable: (coordinate: string) => boolean,
): GraphQLSchema | undefined {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const dropped = new Set<string>();
  const coordinateOf = (type: GraphQLNamedType, { name }: { readonly name: string }) => `${type.name}.${name}`;
  const fieldsLeft = (type: GraphQLNamedType) =>
    fieldsOf(type).filter((field) => !dropped.has(coordinateOf(type, field)));
  const isLeft = (type: GraphQLNamedType): boolean => {
    if (isUnionType(type)) return type.getTypes().some(isLeft);
    if (isInterfaceType(type)) return fieldsLeft(type).length > 0 && schema.getPossibleTypes(type).some(isLeft);
    return !isObjectType(type) || fieldsLeft(type).length > 0;
  };
  const mustGo = (type: GraphQLNamedType, field: GraphQLField<unknown, unknown>) => {
    if (!isLeft(getNamedType(field.type))) return true;
    if (isObjectType(type)) return !isReachable(coordinateOf(type, field));
    const behind = isInterfaceType(type) ? schema.getPossibleTypes(type).filter(isLeft) : [];
    return behind.some((implementation) => dropped.has(coordinateOf(implementation, field)));
  };

  // What goes can leave nothing of a type, so that what leads to it goes too.
  for (let before = -1; before < dropped.size; ) {
    before = dropped.size;
    for (const type of types) {
      for (const field of fieldsLeft(type)) if (mustGo(type, field)) dropped.add(coordinateOf(type, field));
    }
  }
  const queryType = schema.getQueryType();
  if (!queryType || !isLeft(queryType)) return undefined;
  const kept = reachedTypes(schema, { fieldsLeft, isLeft });
  const definitions = parse(printSchema(schema)).definitions.flatMap((definition) =>
    keepReached(definition, kept, (type, field) => !dropped.has(`${type}.${field}`)),
  );
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true });
}

interface Left {
  fieldsLeft(type: GraphQLNamedType): readonly GraphQLField<unknown, unknown>[];
  isLeft(type: GraphQLNamedType): boolean;
}

/** The names of the types that are left and that something leads to. */
function reachedTypes(schema: GraphQLSchema, { fieldsLeft, isLeft }: Left): ReadonlySet<string> {
  const reached = new Set<string>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const queue: GraphQLNamedType[] = [
    ...roots.flatMap((root) => root ?? []),
    ...schema.getDirectives().flatMap(({ args }) => args.map(({ type }) => getNamedType(type))),
  ];
  for (let type = queue.pop(); type; type = queue.pop()) {
    if (reached.has(type.name) || !isLeft(type)) continue;
    reached.add(type.name);
    for (const { type: result, args } of fieldsLeft(type)) {
      queue.push(getNamedType(result), ...args.map((arg) => getNamedType(arg.type)));
    }
    if (isObjectType(type) || isInterfaceType(type)) queue.push(...type.getInterfaces());
    if (isInterfaceType(type) || isUnionType(type)) queue.push(...schema.getPossibleTypes(type));
    if (isInputObjectType(type))
      queue.push(...Object.values(type.getFields()).map((field) => getNamedType(field.type)));
  }
  return reached;
}

function fieldsOf(type: GraphQLNamedType): readonly GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

function keepReached(
  definition: DefinitionNode,
  kept: ReadonlySet<string>,
  isKept: (typeName: string, fieldName: string) => boolean,
): readonly DefinitionNode[] {
  const named = (nodes: readonly NamedTypeNode[] | undefined) =>
    nodes?.filter(({ name }) => kept.has(name.value)) ?? [];
  switch (definition.kind) {
    case Kind.SCHEMA_DEFINITION:
      return [
        { ...definition, operationTypes: definition.operationTypes.filter(({ type }) => kept.has(type.name.value)) },
      ];
    case Kind.DIRECTIVE_DEFINITION:
      return [definition];
    case Kind.UNION_TYPE_DEFINITION:
      return kept.has(definition.name.value) ? [{ ...definition, types: named(definition.types) }] : [];
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      if (!kept.has(definition.name.value)) return [];
      const fields = definition.fields?.filter(({ name }) => isKept(definition.name.value, name.value)) ?? [];
      return [{ ...definition, interfaces: named(definition.interfaces), fields }];
    }
    default:
      return 'name' in definition && definition.name && kept.has(definition.name.value) ? [definition] : [];
  }
}
