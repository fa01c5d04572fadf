import { judgeField, judgeMasks, type Situation, type Verdict } from './judge.ts';
import { collect } from './oracle.ts';
import { argumentsOf, type Operation, type Selection } from './randomOperation.ts';
import { bindingsOf } from './readPermissions.ts';
import { type Arguments, fieldOf, possibleTypes, type World } from './world.ts';

/** A field that is refused before execution: what may be told of it, and where it stands in the operation. */
export interface ExpectedRefusal {
  readonly codes: readonly string[];
  readonly paths: ReadonlySet<string>;
}

/**
 * Before execution, what is refused already? A mutation does not start when anything of it is; a query when every root
 * field is, or a field that is to fail the operation. By coordinate; undefined when the operation starts.
 */
export function expectedRefusals(
  world: World,
  operation: Operation,
  who: Situation,
): ReadonlyMap<string, ExpectedRefusal> | undefined {
  const root = operation.kind === 'mutation' ? 'Mutation' : 'Query';
  const places: Place[] = [];
  const roots = [...collect(world, operation, root, operation.selections)];
  visit(root, operation.selections, [], true);
  const refusals = places.flatMap((place) => {
    const refusal = refusalOf(world, place, who);
    return refusal ? [{ ...place, codes: refusal.codes }] : [];
  });
  if (operation.kind === 'mutation') return byCoordinate(refusals);
  const fatal = refusals.filter(({ coordinate }) => bindingsOf(world, coordinate).mode === 'failOperation');
  if (fatal.length > 0) return byCoordinate(fatal);
  const refusedRoots = refusals.filter(({ isRoot }) => isRoot);
  const isNothingLeft = roots.every(([key]) => refusedRoots.some(({ path }) => path === key));
  return isNothingLeft ? byCoordinate(refusedRoots) : undefined;

  /** Every field of every object type that may stand where the selections do. */
  function visit(on: string, selections: readonly Selection[], path: readonly string[], isRoot: boolean) {
    for (const type of possibleTypes(world, on)) {
      for (const [key, nodes] of collect(world, operation, type, selections)) {
        const here = [...path, key];
        for (const node of nodes) {
          if (node.kind !== 'field') continue;
          const { hasArguments, named } = fieldOf(world, node.name);
          const args = isRoot ? argumentsOf(hasArguments, node.given, operation.variables) : undefined;
          places.push({ coordinate: `${type}.${node.name}`, path: here.join('.'), isRoot, args });
          visit(named, node.of, here, false);
        }
      }
    }
  }
}

interface Place {
  readonly coordinate: string;
  readonly path: string;
  readonly isRoot: boolean;
  /** Known of root fields only. */
  readonly args: Arguments | undefined;
}

function refusalOf(world: World, { coordinate, args }: Place, who: Situation): Verdict | undefined {
  const known = { row: undefined, args };
  const verdict = judgeField(world, coordinate, who, known);
  if (verdict.says === 'denied' || verdict.says === 'indeterminate') return verdict;
  return judgeMasks(world, coordinate, who, known).find(({ says }) => says === 'indeterminate');
}

function byCoordinate(refusals: readonly (Place & Pick<Verdict, 'codes'>)[]) {
  const found = new Map<string, ExpectedRefusal>();
  for (const { coordinate, path, codes } of refusals) {
    const known = found.get(coordinate);
    const paths = new Set([...(known?.paths ?? []), path]);
    found.set(coordinate, { codes: [...(known?.codes ?? []), ...codes], paths });
  }
  return found.size > 0 ? found : undefined;
}
