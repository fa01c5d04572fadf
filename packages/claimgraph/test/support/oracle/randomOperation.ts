import type { Choices } from './choices.ts';
import { type Arguments, fieldOf, possibleTypes, typeOf, type World } from './world.ts';

export interface Operation {
  readonly kind: 'query' | 'mutation';
  readonly selections: readonly Selection[];
  readonly fragments: ReadonlyMap<string, Fragment>;
  readonly variables: Variables;
}

export interface Fragment {
  readonly on: string;
  readonly of: readonly Selection[];
}

/** As given with the request; `t` has a default of true, the others have none. */
export interface Variables {
  readonly s: boolean;
  readonly t?: boolean;
  readonly n?: number | null;
}

export type Selection = { readonly conditions: readonly Condition[] } & (
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly key: string;
      readonly given: Given;
      readonly of: readonly Selection[];
    }
  | { readonly kind: 'typename' }
  | { readonly kind: 'inline'; readonly on: string | undefined; readonly of: readonly Selection[] }
  | { readonly kind: 'spread'; readonly fragment: string }
);

export interface Condition {
  readonly directive: 'skip' | 'include';
  readonly if: boolean | 's' | 't';
}

/** How a field's arguments are written. Each has a response key of its own, so that selections always merge. */
export type Given = 'nothing' | 'alias' | 'n0' | 'n1' | 'n2' | 'nNull' | 'nVariable' | 'byA' | 'byB' | 'where';

const maxDepth = 4;

export function randomOperation(choices: Choices, world: World): Operation {
  const kind = choices.chance(25) ? 'mutation' : 'query';
  const variables: Variables = {
    s: choices.chance(50),
    ...choices.oneOf([{}, { t: false }, { t: true }]),
    ...choices.oneOf([{}, { n: 2 }, { n: null }]),
  };
  // Each may spread those before it, so there is no cycle.
  const fragments = new Map<string, Fragment>();
  const composite = [...world.objects, ...world.interfaces, ...world.unions].map(({ name }) => name);
  let left = 40;
  for (const name of ['F', 'G', 'toString'].slice(0, choices.upTo(3))) {
    const on = choices.oneOf(composite);
    fragments.set(name, { on, of: selections(on, maxDepth - 1) });
  }
  return { kind, selections: selections(kind === 'mutation' ? 'Mutation' : 'Query', 0), fragments, variables };

  function selections(on: string, depth: number): readonly Selection[] {
    return Array.from({ length: 1 + choices.upTo(depth === 0 ? 4 : 2) }, () => selection(on, depth));
  }

  function selection(on: string, depth: number): Selection {
    const conditions = choices.chance(25) ? [condition(), ...(choices.chance(10) ? [condition()] : [])] : [];
    const [first, second] = conditions;
    const distinct = first && second?.directive === first.directive ? [first] : conditions;
    return { ...bare(on, depth), conditions: distinct };
  }

  function condition(): Condition {
    return {
      directive: choices.oneOf(['include', 'skip'] as const),
      if: choices.oneOf([true, 's', 't', false, 's', 't'] as const),
    };
  }

  function bare(on: string, depth: number): Selection {
    left -= 1;
    const names = typeOf(world, on).fields.filter(
      (name) => (depth < maxDepth && left > 0) || fieldOf(world, name).named === 'String',
    );
    const others = composite.filter((name) => overlap(on, name));
    const spreads = [...fragments].filter(([, fragment]) => overlap(on, fragment.on)).map(([name]) => name);
    const kind = choices.oneOf(['field', 'field', 'field', 'field', 'inline', 'spread', 'typename'] as const);
    if (kind === 'spread' && spreads.length > 0 && depth < maxDepth)
      return { kind, fragment: choices.oneOf(spreads), conditions: [] };
    if (kind !== 'typename' && left > 0 && depth < maxDepth && (kind === 'inline' || names.length === 0)) {
      const narrower = others.length > 0 ? choices.oneOf([on, ...others]) : on;
      const bareOn = choices.chance(20) ? undefined : narrower;
      return { kind: 'inline', on: bareOn, of: selections(bareOn ?? on, depth + 1), conditions: [] };
    }
    if (kind === 'typename' || names.length === 0) return { kind: 'typename', conditions: [] };
    const field = fieldOf(world, choices.oneOf(names));
    const given = choices.oneOf(field.hasArguments ? withArguments : withoutArguments);
    return {
      kind: 'field',
      name: field.name,
      key: given === 'nothing' ? field.name : `${given}_${field.name}`,
      given,
      of: field.named === 'String' ? [] : selections(field.named, depth + 1),
      conditions: [],
    };
  }

  function overlap(a: string, b: string): boolean {
    return possibleTypes(world, a).some((type) => possibleTypes(world, b).includes(type));
  }
}

const withoutArguments: readonly Given[] = ['nothing', 'nothing', 'alias'];
const withArguments: readonly Given[] = [
  'nothing',
  'alias',
  'n0',
  'n1',
  'n2',
  'nNull',
  'nVariable',
  'byA',
  'byB',
  'where',
];

/** What the resolver gets: `n` is 1 by default. */
export function argumentsOf(hasArguments: boolean, given: Given, { n }: Variables): Arguments {
  if (!hasArguments) return {};
  switch (given) {
    case 'n0':
    case 'n1':
    case 'n2':
      return { n: Number(given.slice(1)) };
    case 'nNull':
      return { n: null };
    case 'nVariable':
      return { n: n === undefined ? 1 : n };
    case 'byA':
      return { n: 1, by: 'BY_A' };
    case 'byB':
      return { n: 1, by: 'BY_B' };
    case 'where':
      return { n: 1, where: { min: 3 } };
    default:
      return { n: 1 };
  }
}
