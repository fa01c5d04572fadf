import {
  type ASTNode,
  type ConstDirectiveNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
} from 'graphql';

/** A directive of the SDL at the place where it stands. */
export interface AppliedDirective {
  /** The schema coordinate of the place, or `schema`. */
  readonly coordinate: string;
  readonly place: Place;
  readonly node: ConstDirectiveNode;
}

/** The type system's directive locations (GraphQL section 3.13). */
export type Place =
  | 'SCHEMA'
  | 'SCALAR'
  | 'OBJECT'
  | 'FIELD_DEFINITION'
  | 'ARGUMENT_DEFINITION'
  | 'INTERFACE'
  | 'UNION'
  | 'ENUM'
  | 'ENUM_VALUE'
  | 'INPUT_OBJECT'
  | 'INPUT_FIELD_DEFINITION';

/** Whatever was defined in SDL remembers its nodes. */
interface Defined {
  readonly name: string;
  readonly astNode?: NodeWithDirectives | null | undefined;
  readonly extensionASTNodes?: readonly NodeWithDirectives[];
}

type NodeWithDirectives = ASTNode & { readonly directives?: readonly ConstDirectiveNode[] | undefined };

/** Every directive of a schema, in definitions and extensions. A schema that was not made from SDL has none. */
export function appliedDirectives(schema: GraphQLSchema): readonly AppliedDirective[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const definitions = schema.getDirectives().flatMap(({ name, args }) => onArguments(`@${name}`, args));
  const { astNode, extensionASTNodes } = schema;
  return [
    ...on('schema', 'SCHEMA', { name: 'schema', astNode, extensionASTNodes }),
    ...types.flatMap(onType),
    ...definitions,
  ];
}

function onType(type: GraphQLNamedType): readonly AppliedDirective[] {
  const { name } = type;
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields()).flatMap((field) => [
      ...on(`${name}.${field.name}`, 'FIELD_DEFINITION', field),
      ...onArguments(`${name}.${field.name}`, field.args),
    ]);
    return [...on(name, isObjectType(type) ? 'OBJECT' : 'INTERFACE', type), ...fields];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return [...on(name, 'INPUT_OBJECT', type), ...onMembers(name, 'INPUT_FIELD_DEFINITION', fields)];
  }
  if (isEnumType(type)) return [...on(name, 'ENUM', type), ...onMembers(name, 'ENUM_VALUE', type.getValues())];
  return on(name, isScalarType(type) ? 'SCALAR' : 'UNION', type);
}

function onArguments(coordinate: string, args: readonly Defined[]): readonly AppliedDirective[] {
  return args.flatMap((arg) => on(`${coordinate}(${arg.name}:)`, 'ARGUMENT_DEFINITION', arg));
}

function onMembers(coordinate: string, place: Place, members: readonly Defined[]): readonly AppliedDirective[] {
  return members.flatMap((member) => on(`${coordinate}.${member.name}`, place, member));
}

function on(
  coordinate: string,
  place: Place,
  { astNode, extensionASTNodes = [] }: Defined,
): readonly AppliedDirective[] {
  const nodes = [astNode, ...extensionASTNodes].flatMap((defining) => defining?.directives ?? []);
  return nodes.map((node) => ({ coordinate, place, node }));
}
