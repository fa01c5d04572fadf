import { type Entry, type Exposure, fieldOf, type Tree, type World } from './world.ts';

/** What binds one field of an object type, by the words of docs/permissions.md. */
export interface Bound {
  /** All of them must allow. */
  readonly rules: readonly Tree[];
  /** Where one of them denies, the value is masked. */
  readonly masks: readonly Tree[];
  readonly exposes: readonly Exposure[];
  readonly mode: 'null' | 'dropItem' | 'failOperation';
}

/** The entries that bind a field: its own, its type's `*` or the map's `*`; and those of the interfaces that have it. */
export function entriesOf(world: World, coordinate: string): readonly Entry[] {
  const [typeName = ''] = coordinate.split('.');
  const own = world.entries.get(coordinate) ?? world.entries.get(`${typeName}.*`) ?? world.entries.get('*');
  return [...(own ? [own] : []), ...entriesOfInterfaces(world, coordinate)];
}

export function entriesOfInterfaces(world: World, coordinate: string): readonly Entry[] {
  const [typeName, fieldName = ''] = coordinate.split('.');
  const type = world.objects.find(({ name }) => name === typeName);
  return world.interfaces
    .filter(({ name, fields }) => type?.implements.includes(name) && fields.includes(fieldName))
    .flatMap(({ name }) => world.entries.get(`${name}.${fieldName}`) ?? world.entries.get(`${name}.*`) ?? []);
}

export function bindingsOf(world: World, coordinate: string): Bound {
  const entries = entriesOf(world, coordinate);
  const [, fieldName = ''] = coordinate.split('.');
  return {
    rules: entries.map(({ rule }) => rule),
    masks: entries.flatMap(({ mask }) => mask ?? []),
    exposes: entries.flatMap(({ exposes }) => exposes),
    mode: entries.some(({ saysMode }) => saysMode) ? fieldOf(world, fieldName).mode : 'null',
  };
}

/** Whether a tree has such a rule in it, also in what it inherits. */
export function mentions(world: World, tree: Tree, test: (leaf: Tree) => boolean): boolean {
  if (tree.kind === 'all' || tree.kind === 'any') return tree.of.some((part) => mentions(world, part, test));
  if (tree.kind !== 'inherit') return test(tree);
  return tree.from.some((coordinate) => {
    const { rules, masks } = bindingsOf(world, coordinate);
    return [...rules, ...masks].some((part) => mentions(world, part, test));
  });
}

/** Whether everybody passes the tree, whoever calls. */
export function isForEverybody(world: World, tree: Tree): boolean {
  switch (tree.kind) {
    case 'public':
      return true;
    case 'all':
      return tree.of.every((part) => isForEverybody(world, part));
    case 'any':
      return tree.of.some((part) => isForEverybody(world, part));
    case 'inherit':
      return tree.from.every((coordinate) => {
        const { rules, masks, exposes } = bindingsOf(world, coordinate);
        return exposes.length === 0 && [...rules, ...masks].every((part) => isForEverybody(world, part));
      });
    default:
      return false;
  }
}

export function readsClaims({ kind }: Tree): boolean {
  return kind === 'claims' || kind === 'filter' || kind === 'argumentsByClaims' || kind === 'row';
}

export function readsRow({ kind }: Tree): boolean {
  return kind === 'row' || kind === 'rowByCaller';
}

export function readsArguments({ kind }: Tree): boolean {
  return kind === 'arguments' || kind === 'argumentsByClaims';
}
