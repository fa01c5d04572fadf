import type { Choices } from './choices.ts';
import {
  bindingsOf,
  entriesOf,
  entriesOfInterfaces,
  isForEverybody,
  mentions,
  readsArguments,
  readsRow,
} from './readPermissions.ts';
import {
  type Entry,
  type Exposure,
  fieldOf,
  type Leaf,
  type Says,
  type Table,
  type Tree,
  type World,
} from './world.ts';

const scopes = ['s0', 's1', 's2'];
const exposingArguments: readonly Exposure['argument'][] = ['n', 'by', 'by=BY_A', 'by=BY_B', 'where.min'];

/** Rules for every field, of every kind and in every place where they may stand, such that the process would start. */
export function randomEntries(choices: Choices, schema: Omit<World, 'entries'>): World['entries'] {
  const entries = new Map<string, Entry>();
  const world: World = { ...schema, entries };
  const leaves = Array.from({ length: 10 }, (_, id) => randomLeaf(choices, id));
  // Trees that several fields share are what the engine decides once.
  const shared = Array.from({ length: 4 }, () => randomTree(choices, leaves, 2));
  const isNobody: Leaf = { kind: 'claims', id: leaves.length, table: ['no', 'no', 'yes'] };
  const closed = (tree: Tree): Tree => (isForEverybody(world, tree) ? { kind: 'all', of: [tree, isNobody] } : tree);
  const tree = () => (choices.chance(50) ? choices.oneOf(shared) : randomTree(choices, leaves, 3));

  if (choices.chance(40)) entries.set('*', plain(tree()));
  for (const type of schema.interfaces) {
    if (choices.chance(15)) entries.set(`${type.name}.*`, plain(closed(tree())));
    for (const name of choices.someOf(type.fields, 35)) {
      entries.set(`${type.name}.${name}`, entry(name, closed(tree()), []));
    }
  }
  for (const type of schema.objects) {
    if (!choices.chance(25)) continue;
    const isBound = type.fields.some((name) => entriesOfInterfaces(world, `${type.name}.${name}`).length > 0);
    entries.set(`${type.name}.*`, plain(isBound ? closed(tree()) : tree()));
  }
  const earlier: string[] = [];
  for (const type of schema.objects) {
    for (const name of type.fields) {
      const coordinate = `${type.name}.${name}`;
      if (choices.chance(75) || entriesOf(world, coordinate).length === 0) {
        const rule = withInherited(tree(), type.name);
        const mustBeClosed = entriesOfInterfaces(world, coordinate).length > 0;
        entries.set(coordinate, entry(name, mustBeClosed ? closed(rule) : rule, earlier));
      }
      earlier.push(coordinate);
    }
  }
  return entries;

  function entry(name: string, rule: Tree, exposable: readonly string[]): Entry {
    const field = fieldOf(world, name);
    const isText = field.named === 'String' && !field.type.list;
    const exposes = field.hasArguments && exposable.length > 0 && choices.chance(25);
    return {
      rule,
      mask: isText && choices.chance(30) ? tree() : undefined,
      saysMode: field.mode !== 'null' && choices.chance(70),
      exposes: exposes ? [{ argument: choices.oneOf(exposingArguments), coordinate: choices.oneOf(exposable) }] : [],
      shape: choices.upTo(3),
    };
  }

  /** Sometimes makes the field a computed one, of fields that it may be computed from. */
  function withInherited(rule: Tree, typeName: string): Tree {
    if (!choices.chance(25)) return rule;
    const suitable = earlier.filter((coordinate) => {
      const { rules, masks, exposes } = bindingsOf(world, coordinate);
      const all = [...rules, ...masks];
      if (exposes.length > 0 || all.some((part) => mentions(world, part, readsArguments))) return false;
      return coordinate.startsWith(`${typeName}.`) || !all.some((part) => mentions(world, part, readsRow));
    });
    if (suitable.length === 0) return rule;
    const inherited: Tree = { kind: 'inherit', from: [choices.oneOf(suitable), ...choices.someOf(suitable, 10)] };
    return choices.oneOf<Tree>([
      inherited,
      { kind: 'all', of: [rule, inherited] },
      { kind: 'any', of: [rule, inherited] },
    ]);
  }
}

function plain(rule: Tree): Entry {
  return { rule, mask: undefined, saysMode: false, exposes: [], shape: 0 };
}

function randomTree(choices: Choices, leaves: readonly Leaf[], depth: number): Tree {
  if (depth === 0 || !choices.chance(60)) return choices.oneOf(leaves);
  const of = Array.from({ length: 1 + choices.upTo(2) }, () => randomTree(choices, leaves, depth - 1));
  return { kind: choices.oneOf(['all', 'any'] as const), of };
}

function randomLeaf(choices: Choices, id: number): Leaf {
  const kind = choices.oneOf([
    'scope',
    'public',
    'claims',
    'row',
    'arguments',
    'rowByCaller',
    'argumentsByClaims',
    'anyScope',
    'recent',
    'filter',
    'scope',
    'claims',
    'row',
  ] as const);
  switch (kind) {
    case 'public':
    case 'filter':
      return { kind, id };
    case 'scope':
    case 'anyScope':
      return { kind, id, scopes: [choices.oneOf(scopes), ...choices.someOf(scopes, 20)] };
    case 'recent':
      return { kind, id, maxAge: choices.oneOf([60, 600]) };
    default:
      return { kind, id, table: randomTable(choices) };
  }
}

function randomTable(choices: Choices): Table {
  const says = (): Says => choices.oneOf(['yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'no', 'no', 'throws'] as const);
  return [says(), says(), says()];
}
