import {
  type ConstDirectiveNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { type AppliedDirective, appliedDirectives } from './appliedDirectives.ts';
import { readLinks } from './linkImports.ts';

type Field = GraphQLField<unknown, unknown>;

/** A field whose resolver a router gives the value of another one. */
export interface RequiredField {
  readonly field: Field;
  readonly required: Field;
  /** As the SDL writes it, for messages: `@requires`. */
  readonly directive: string;
}

/**
 * What `@requires` and `@fromContext` say: of which other fields a field is made. Those who are given it learn something of
 * them. Selections that do not fit the schema are left to composition, which refuses them.
 */
export function requiredFields(schema: GraphQLSchema): readonly RequiredField[] {
  const applied = appliedDirectives(schema);
  const links = applied.filter(({ place, node }) => place === 'SCHEMA' && node.name.value === 'link');
  const { directives } = readLinks(
    links.map(({ node }) => node),
    () => {},
  );
  const withMeaning = (meaning: string) => applied.filter(({ node }) => directives.get(node.name.value) === meaning);
  const contexts = withMeaning('context').map(({ coordinate, node }) => ({ coordinate, name: textOf(node, 'name') }));
  return [...withMeaning('requires'), ...withMeaning('fromContext')].flatMap((found) => {
    const [typeName = '', fieldName = ''] = found.coordinate.split(/[.(]/);
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field) return [];
    return selectionsOf(found, typeName, contexts)
      .flatMap(({ from, selection }) => fieldsIn(schema, schema.getType(from), selection))
      .map((required) => ({ field, required, directive: `@${found.node.name.value}` }));
  });
}

interface Context {
  readonly coordinate: string;
  readonly name: string | undefined;
}

function selectionsOf(
  { node }: AppliedDirective,
  typeName: string,
  contexts: readonly Context[],
): readonly { readonly from: string; readonly selection: SelectionSetNode }[] {
  const fields = textOf(node, 'fields');
  const [, context, selected] = /^\s*\$(\w+)\s*(.*)$/s.exec(textOf(node, 'field') ?? '') ?? [];
  const selection = parseSelection(fields === undefined ? selected : `{ ${fields} }`);
  if (!selection) return [];
  const from = fields === undefined ? contexts.filter(({ name }) => name === context) : [{ coordinate: typeName }];
  return from.map(({ coordinate }) => ({ from: coordinate, selection }));
}

function parseSelection(text: string | undefined): SelectionSetNode | undefined {
  if (text === undefined) return undefined;
  try {
    const [operation] = parse(text).definitions;
    return operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** The fields that a selection names, on every type that it may be made on. */
function fieldsIn(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  { selections }: SelectionSetNode,
): readonly Field[] {
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type;
      return fieldsIn(schema, on, selection.selectionSet);
    }
    if (selection.kind !== Kind.FIELD) return [];
    const fields = types.flatMap((one) => one.getFields()[selection.name.value] ?? []);
    const { selectionSet } = selection;
    if (!selectionSet) return fields;
    return fields.flatMap((field) => [field, ...fieldsIn(schema, getNamedType(field.type), selectionSet)]);
  });
}

/** A text argument; a list of texts, as `fields` may be written, is one text. */
function textOf(node: ConstDirectiveNode, name: string): string | undefined {
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind === Kind.LIST)
    return value.values.flatMap((one) => (one.kind === Kind.STRING ? one.value : [])).join(' ');
  return value?.kind === Kind.STRING ? value.value : undefined;
}
