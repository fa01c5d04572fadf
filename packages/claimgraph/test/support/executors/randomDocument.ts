import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import type { Choices } from '../oracle/choices.ts';

export interface RandomDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What arguments are made of. */
export interface Words {
  readonly ids: readonly string[];
  readonly strings: readonly string[];
}

const rareKeys = ['constructor', 'toString', 'hasOwnProperty', 'then', 'data', '__proto__'];

/** A query of any schema, for the most part a valid one, with everything that changes how it is executed. */
export function randomDocument(choices: Choices, schema: GraphQLSchema, words: Words): RandomDocument {
  const query = schema.getQueryType();
  if (!query) throw new TypeError('expected a schema with queries');
  const variables: Record<string, unknown> = {};
  const declarations: string[] = [];
  const fragments = new Map<string, { readonly on: string; readonly body: string }>();
  let aliases = 0;
  const body = selectionSet(query, choices.upTo(3) + 2);
  const head = declarations.length > 0 ? `query Random(${declarations.join(', ')})` : 'query Random';
  const all = [...fragments].map(([name, { on, body: of }]) => `fragment ${name} on ${on} ${of}`);
  return { query: [`${head} ${body}`, ...all].join('\n'), variables };

  function selectionSet(type: GraphQLCompositeType, depth: number): string {
    const selections = Array.from({ length: choices.upTo(3) + 1 }, () => selection(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    const kind = choices.upTo(9);
    if (depth > 0 && kind === 9) return `... ${condition()}${selectionSet(type, depth - 1)}`;
    if (depth > 0 && kind === 8) {
      const on = narrower(type);
      return `... on ${on} ${condition()}${selectionSet(typeOf(on), depth - 1)}`;
    }
    if (depth > 0 && kind === 7) return `...${spread(type, depth - 1)} ${condition()}`;
    if (isUnionType(type) && depth > 0) {
      const on = choices.oneOf(type.getTypes());
      return `... on ${on} ${selectionSet(on, depth - 1)}`;
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const some = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
    if (some.length === 0 || kind === 6) return `${choices.chance(30) ? 'kind: ' : ''}__typename ${condition()}`;
    return printField(choices.oneOf(some), depth);
  }

  function printField(field: GraphQLField<unknown, unknown>, depth: number): string {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${selectionSet(named, depth - 1)}` : '';
    const printed = field.args.flatMap((argument) => {
      const isRequired = isNonNullType(argument.type) && argument.defaultValue === undefined;
      return isRequired || choices.chance(50) ? [`${argument.name}: ${value(argument.type, true)}`] : [];
    });
    const args = printed.length > 0 ? `(${printed.join(', ')})` : '';
    return `${alias(args !== '')}${field.name}${args} ${condition()}${below}`;
  }

  /** Mostly an alias of its own, so that fields merge only where they may. */
  function alias(isNeeded: boolean): string {
    if (choices.chance(3)) return `${choices.oneOf(rareKeys)}: `;
    if (!(isNeeded ? choices.chance(85) : choices.chance(15))) return '';
    aliases += 1;
    return `a${aliases}: `;
  }

  function condition(): string {
    if (!choices.chance(15)) return '';
    const directive = choices.oneOf(['skip', 'include']);
    const by = choices.oneOf(['true', 'false', '$yes', '$no', '$maybe']);
    if (by.startsWith('$'))
      declare(by.slice(1), by === '$maybe' ? 'Boolean = true' : 'Boolean!', { yes: true, no: false }[by.slice(1)]);
    return `@${directive}(if: ${by}) `;
  }

  function declare(name: string, type: string, given: unknown): void {
    const declaration = `$${name}: ${type}`;
    if (declarations.includes(declaration)) return;
    declarations.push(declaration);
    if (given !== undefined) variables[name] = given;
    else if (name === 'maybe' && choices.chance(50)) variables[name] = choices.oneOf([true, false, null]);
  }

  function spread(type: GraphQLCompositeType, depth: number): string {
    const known = [...fragments].filter(([, { on }]) => on === type.name);
    if (known.length > 0 && choices.chance(60)) return choices.oneOf(known)[0];
    const name = `F${fragments.size}`;
    const on = narrower(type);
    const of = selectionSet(typeOf(on), depth);
    // What it spreads itself came first, so fragments never go round.
    const free = fragments.has(name) ? `F${fragments.size}` : name;
    fragments.set(free, { on, body: of });
    return free;
  }

  /** The name of the type, or of one that overlaps with it. */
  function narrower(type: GraphQLCompositeType): string {
    if (isAbstractType(type)) return choices.oneOf([...schema.getPossibleTypes(type), type]).name;
    return choices.oneOf([type, ...type.getInterfaces()]).name;
  }

  function typeOf(name: string): GraphQLCompositeType {
    const type = schema.getType(name);
    if (!isCompositeType(type)) throw new TypeError(`expected ${name} to have fields`);
    return type;
  }

  function value(type: GraphQLInputType, mayBeVariable: boolean): string {
    if (mayBeVariable && choices.chance(30)) return variable(type);
    if (isNonNullType(type)) return value(type.ofType, false);
    if (choices.chance(8)) return 'null';
    if (isListType(type)) {
      if (choices.chance(20)) return value(getNullableType(type.ofType), false);
      return `[${Array.from({ length: choices.upTo(2) }, () => value(type.ofType, true)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).flatMap((field) => {
        const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
        return isRequired || choices.chance(35) ? [`${field.name}: ${value(field.type, true)}`] : [];
      });
      return `{ ${fields.join(', ')} }`;
    }
    if (isEnumType(type)) return choices.oneOf(type.getValues()).name;
    return JSON.stringify(plain(type.toString()));
  }

  function plain(type: string): unknown {
    switch (type) {
      case 'Int':
        return choices.oneOf([0, 1, 2, 5, 11]);
      case 'Float':
        return choices.oneOf([0, 1.5]);
      case 'Boolean':
        return choices.chance(50);
      case 'ID':
        return choices.oneOf(words.ids);
      default:
        return choices.oneOf(words.strings);
    }
  }

  /** Given, given as null, or not given at all, where the type lets it. */
  function variable(type: GraphQLInputType): string {
    const name = `v${declarations.length}`;
    const isOptional = !isNonNullType(type);
    const hasDefault = isOptional && choices.chance(30);
    declarations.push(`$${name}: ${type}${hasDefault ? ` = ${constant(type)}` : ''}`);
    if (isOptional && choices.chance(40)) {
      if (choices.chance(50)) variables[name] = null;
    } else {
      variables[name] = given(type);
    }
    return `$${name}`;
  }

  function constant(type: GraphQLInputType): string {
    const named = getNamedType(type);
    if (isListType(getNullableType(type))) return '[]';
    if (isInputObjectType(named)) return 'null';
    return isEnumType(named) ? choices.oneOf(named.getValues()).name : JSON.stringify(plain(named.name));
  }

  function given(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return given(type.ofType);
    if (isListType(type))
      return choices.chance(20)
        ? given(type.ofType)
        : Array.from({ length: choices.upTo(2) }, () => given(type.ofType));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).flatMap((field) => {
        const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
        return isRequired || choices.chance(30) ? [[field.name, given(field.type)]] : [];
      });
      return Object.fromEntries(fields);
    }
    return isEnumType(type) ? choices.oneOf(type.getValues()).name : plain(type.toString());
  }
}
