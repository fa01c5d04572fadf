import {
  buildASTSchema,
  type DefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  Kind,
  type NamedTypeNode,
  type NameNode,
  parse,
  printSchema,
  type TypeNode,
} from 'graphql';

/**
 * The part of a schema that a caller can ever reach, for introspection and SDL: it executes nothing. `isReachable` tells of
 * the fields of object types and of inputs, and of the values of enums, by their coordinate. A field is left out as well when
 * nothing can be selected of its type, or when an argument that it cannot do without can have no value; a field of an
 * interface when one of the types behind it lacks it, as each must have it; a type when no field leads to it. An enum that
 * some field gives keeps all of its values. Undefined when no field of the query type is left.
 */
export function reachableSchema(
  schema: GraphQLSchema,
  isReachable: (coordinate: string) => boolean,
): GraphQLSchema | undefined {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const dropped = new Set<string>();
  const coordinateOf = (type: GraphQLNamedType, { name }: { readonly name: string }) => `${type.name}.${name}`;
  const isDropped = (type: GraphQLNamedType, member: { readonly name: string }) =>
    dropped.has(coordinateOf(type, member));
  const fieldsLeft = (type: GraphQLNamedType) => fieldsOf(type).filter((field) => !isDropped(type, field));
  const argumentsLeft = ({ args }: Field) => args.filter(({ type }) => isUsable(getNamedType(type)));
  const isLeft = (type: GraphQLNamedType): boolean => {
    if (isUnionType(type)) return type.getTypes().some(isLeft);
    if (isInterfaceType(type)) return fieldsLeft(type).length > 0 && schema.getPossibleTypes(type).some(isLeft);
    return !isObjectType(type) || fieldsLeft(type).length > 0;
  };
  /** Whether there is a value of the type that the caller may use. What is required, or given unless said, is used. */
  const isUsable = (type: GraphQLNamedType): boolean => {
    if (isEnumType(type)) return type.getValues().some((value) => !isDropped(type, value));
    if (!isInputObjectType(type)) return true;
    const all = Object.values(type.getFields());
    const isGiven = (field: GraphQLInputField) => isRequiredInputField(field) || hasDefault(field);
    return (
      all.some((field) => !isDropped(type, field)) && !all.some((field) => isDropped(type, field) && isGiven(field))
    );
  };
  const mustGo = (type: GraphQLNamedType, field: Field) => {
    if (!isLeft(getNamedType(field.type))) return true;
    if (field.args.some((arg) => isRequiredArgument(arg) && !isUsable(getNamedType(arg.type)))) return true;
    if (isObjectType(type)) return !isReachable(coordinateOf(type, field));
    const behind = isInterfaceType(type) ? schema.getPossibleTypes(type).filter(isLeft) : [];
    return behind.some((implementation) => dropped.has(coordinateOf(implementation, field)));
  };
  const mustInputGo = (type: GraphQLInputObjectType, field: GraphQLInputField) =>
    !isReachable(coordinateOf(type, field)) || !isUsable(getNamedType(field.type));

  const given = new Set(types.flatMap((type) => fieldsOf(type).map((field) => getNamedType(field.type))));
  for (const type of types.filter(isEnumType)) {
    if (given.has(type)) continue;
    for (const value of type.getValues()) {
      if (!isReachable(coordinateOf(type, value))) dropped.add(coordinateOf(type, value));
    }
  }
  // What goes can leave nothing of a type, so that what leads to it goes too.
  for (let before = -1; before < dropped.size; ) {
    before = dropped.size;
    for (const type of types) {
      for (const field of fieldsLeft(type)) if (mustGo(type, field)) dropped.add(coordinateOf(type, field));
      if (!isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (mustInputGo(type, field)) dropped.add(coordinateOf(type, field));
      }
    }
  }
  const queryType = schema.getQueryType();
  if (!queryType || !isLeft(queryType)) return undefined;
  const kept = reachedTypes(schema, { fieldsLeft, argumentsLeft, isLeft, isDropped });
  const definitions = parse(printSchema(schema)).definitions.flatMap((definition) =>
    keepReached(definition, kept, (type, member) => !dropped.has(`${type}.${member}`)),
  );
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true });
}

type Field = GraphQLField<unknown, unknown>;

interface Left {
  fieldsLeft(type: GraphQLNamedType): readonly Field[];
  argumentsLeft(field: Field): readonly GraphQLArgument[];
  isLeft(type: GraphQLNamedType): boolean;
  isDropped(type: GraphQLNamedType, member: { readonly name: string }): boolean;
}

/** The names of the types that are left and that something leads to. */
function reachedTypes(
  schema: GraphQLSchema,
  { fieldsLeft, argumentsLeft, isLeft, isDropped }: Left,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const queue: GraphQLNamedType[] = [
    ...roots.flatMap((root) => root ?? []),
    ...schema.getDirectives().flatMap(({ args }) => args.map(({ type }) => getNamedType(type))),
  ];
  for (let type = queue.pop(); type; type = queue.pop()) {
    const named = type;
    if (reached.has(named.name) || !isLeft(named)) continue;
    reached.add(named.name);
    for (const field of fieldsLeft(named)) {
      queue.push(getNamedType(field.type), ...argumentsLeft(field).map((arg) => getNamedType(arg.type)));
    }
    if (isObjectType(named) || isInterfaceType(named)) queue.push(...named.getInterfaces());
    if (isInterfaceType(named) || isUnionType(named)) queue.push(...schema.getPossibleTypes(named));
    if (isInputObjectType(named)) {
      const fields = Object.values(named.getFields()).filter((field) => !isDropped(named, field));
      queue.push(...fields.map((field) => getNamedType(field.type)));
    }
  }
  return reached;
}

function hasDefault({ defaultValue, ...field }: GraphQLInputField): boolean {
  // graphql-js 17 has it by another name.
  return defaultValue !== undefined || Reflect.get(field, 'default') !== undefined;
}

function fieldsOf(type: GraphQLNamedType): readonly Field[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

function keepReached(
  definition: DefinitionNode,
  kept: ReadonlySet<string>,
  isKept: (typeName: string, memberName: string) => boolean,
): readonly DefinitionNode[] {
  const named = (nodes: readonly NamedTypeNode[] | undefined) =>
    nodes?.filter(({ name }) => kept.has(name.value)) ?? [];
  const own = <Member extends { readonly name: NameNode }>(members: readonly Member[] = []) =>
    members.filter(({ name }) => 'name' in definition && isKept(definition.name?.value ?? '', name.value));
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
      const fields = own(definition.fields).map(({ arguments: args = [], ...field }) => {
        return { ...field, arguments: args.filter(({ type }) => kept.has(nameOf(type))) };
      });
      return [{ ...definition, interfaces: named(definition.interfaces), fields }];
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return kept.has(definition.name.value) ? [{ ...definition, fields: own(definition.fields) }] : [];
    case Kind.ENUM_TYPE_DEFINITION:
      return kept.has(definition.name.value) ? [{ ...definition, values: own(definition.values) }] : [];
    default:
      return 'name' in definition && definition.name && kept.has(definition.name.value) ? [definition] : [];
  }
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
