import type { IExecutableSchemaDefinition } from '@graphql-tools/schema';
import type { PermissionMap } from '../../../src/compile/compilePermissions.ts';
import { createGuardedSchema, type GuardedSchema } from '../../../src/guard/guardedSchema.ts';
import {
  allOf,
  anyOf,
  denyMode,
  exposes,
  type FieldRule,
  inherit,
  masked,
  needsClaims,
  publicField,
  requireAnyScope,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireRowByToken,
  requireScope,
} from '../../../src/rules/index.ts';
import {
  type Arguments,
  type Claims,
  datumOf,
  type Entry,
  fieldOf,
  type Leaf,
  maskedText,
  numberOf,
  numberOfRow,
  type Row,
  type Table,
  type Tree,
  type TypeRef,
  type TypeSpec,
  type World,
} from './world.ts';

/** A resolver that was called. */
export interface Call {
  readonly coordinate: string;
  readonly row: Row | undefined;
  readonly args: Arguments;
}

type Rule = FieldRule<Row | undefined, Arguments>;

/** The engine's side of a world. `calls` has every resolver that was called since it was emptied. */
export function buildWorld(world: World): { readonly guarded: GuardedSchema; readonly calls: Call[] } {
  const calls: Call[] = [];
  const guarded = createGuardedSchema({
    typeDefs: [toTypeDefs(world)],
    resolvers: toResolvers(world, calls),
    permissions: toPermissionMap(world),
  });
  return { guarded, calls };
}

export function toTypeDefs(world: World): string {
  const fields = (type: TypeSpec) =>
    type.fields.map((name) => {
      const field = fieldOf(world, name);
      return `${name}${field.hasArguments ? '(n: Int = 1, by: Order, where: Where)' : ''}: ${print(field.type, field.named)}`;
    });
  const head = (type: TypeSpec) =>
    `${type.name}${type.implements.length > 0 ? ` implements ${type.implements.join(' & ')}` : ''}`;
  return [
    'enum Order { BY_A BY_B }',
    'input Where { min: Int }',
    ...world.interfaces.map((type) => `interface ${head(type)} { ${fields(type).join(' ')} }`),
    ...world.objects.map((type) => `type ${head(type)} { ${fields(type).join(' ')} }`),
    ...world.unions.map(({ name, members }) => `union ${name} = ${members.join(' | ')}`),
  ].join('\n');
}

function print({ nonNull, list }: TypeRef, named: string): string {
  return `${list ? `[${print(list, named)}]` : named}${nonNull ? '!' : ''}`;
}

function toResolvers(world: World, calls: Call[]): IExecutableSchemaDefinition['resolvers'] {
  const ofObjects = world.objects.map((type) => {
    const fields = type.fields.map((name) => {
      const field = fieldOf(world, name);
      const resolve = (row: Row | undefined, args: Arguments) => {
        const plain: Arguments = JSON.parse(JSON.stringify(args));
        calls.push({ coordinate: `${type.name}.${name}`, row, args: plain });
        const datum = datumOf(world, row, field, plain);
        // An error given at once would leave promises of a list behind where nothing guards the field.
        if (world.isAsync && ((row?.id ?? 0) % 2 === 1 || datum instanceof Error)) return Promise.resolve(datum);
        return datum;
      };
      return [name, resolve];
    });
    return [type.name, Object.fromEntries(fields)];
  });
  const ofAbstract = [...world.interfaces, ...world.unions].map(({ name }) => {
    return [name, { __resolveType: ({ type }: Row) => type }];
  });
  return Object.fromEntries([...ofObjects, ...ofAbstract]);
}

export function toPermissionMap(world: World): PermissionMap {
  const rules = new Map<Tree, Rule>();
  const map = new Map<string, unknown>();
  for (const [place, entry] of world.entries) {
    const [typeName = '', fieldName] = place.split('.');
    if (fieldName === undefined) {
      map.set(typeName, toPermission(world, place, entry, rules));
      continue;
    }
    const others = map.get(typeName) ?? {};
    map.set(
      typeName,
      Object.fromEntries([...Object.entries(others), [fieldName, toPermission(world, place, entry, rules)]]),
    );
  }
  return Object.fromEntries(map);
}

function toPermission(world: World, place: string, entry: Entry, rules: Map<Tree, Rule>): Rule {
  const [, fieldName] = place.split('.');
  const mode = entry.saysMode && fieldName !== undefined ? fieldOf(world, fieldName).mode : undefined;
  const links = Object.fromEntries(entry.exposes.map(({ argument, coordinate }) => [argument, coordinate]));
  const rule = toRule(entry.rule, rules);
  const mask = entry.mask && masked(toRule(entry.mask, rules), () => maskedText);
  const exposing = (of: Rule) => (entry.exposes.length > 0 ? exposes(of, links) : of);
  const withMode = (of: Rule) => (mode ? denyMode(mode, of) : of);
  switch (entry.shape) {
    case 0:
      return withMode(exposing(mask ? allOf(rule, mask) : rule));
    case 1:
      return mask ? allOf(exposing(withMode(rule)), mask) : allOf(exposing(withMode(rule)));
    case 2:
      return exposing(mask ? allOf(mask, withMode(rule)) : withMode(rule));
    default:
      return mask ? allOf(withMode(allOf(mask, exposing(rule)))) : exposing(withMode(rule));
  }
}

/** Equal trees become one rule, as in a map that names its rules. */
function toRule(tree: Tree, rules: Map<Tree, Rule>): Rule {
  const known = rules.get(tree);
  if (known) return known;
  const rule = makeRule(tree, rules);
  rules.set(tree, rule);
  return rule;
}

function makeRule(tree: Tree, rules: Map<Tree, Rule>): Rule {
  switch (tree.kind) {
    case 'all':
      return allOf(...tree.of.map((part) => toRule(part, rules)));
    case 'any':
      return anyOf(...tree.of.map((part) => toRule(part, rules)));
    case 'inherit':
      return inherit(...tree.from);
    default:
      return makeLeaf(tree);
  }
}

function makeLeaf(leaf: Leaf): Rule {
  const sentence = `rule ${leaf.id}`;
  switch (leaf.kind) {
    case 'public':
      return publicField(sentence);
    case 'filter':
      return needsClaims(sentence);
    case 'scope':
      return requireScope(...leaf.scopes);
    case 'anyScope':
      return requireAnyScope(...leaf.scopes);
    case 'recent':
      return requireRecentSignIn(leaf.maxAge);
    case 'claims':
      return requireClaims(sentence, ({ level }: Claims) => say(leaf.table, level));
    case 'arguments':
      return requireArguments(sentence, (args: Arguments) => say(leaf.table, numberOf(args)));
    case 'argumentsByClaims':
      return requireArgumentsByClaims(sentence, (args: Arguments, { level }: Claims) =>
        say(leaf.table, numberOf(args) + level),
      );
    case 'row':
      return requireRow(sentence, (row: Row | undefined, { level }: Claims) =>
        say(leaf.table, numberOfRow(row) + level),
      );
    case 'rowByCaller':
      return requireRowByToken(sentence, (row: Row | undefined, { kind }) =>
        say(leaf.table, numberOfRow(row) + (kind === 'machine' ? 1 : 0)),
      );
    default:
      return leaf satisfies never;
  }
}

function say(table: Table, number: number): boolean {
  const says = table[number % 3];
  if (says === 'throws') throw new Error('this rule cannot decide');
  return says === 'yes';
}
