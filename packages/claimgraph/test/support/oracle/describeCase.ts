import { toTypeDefs } from './buildWorld.ts';
import type { Situation } from './judge.ts';
import { printOperation } from './printOperation.ts';
import type { Operation } from './randomOperation.ts';
import type { World } from './world.ts';

/** A random case as a person can read it. */
export function describeCase(world: World, operation: Operation, who: Situation): string {
  const entries = [...world.entries].map(([place, entry]) => `${place}: ${JSON.stringify(entry)}`);
  const names = [...new Set([...world.entries.keys()].map((place) => place.split('.')[1] ?? '*'))];
  const modes = names.flatMap((name) => {
    const mode = world.fields.get(name)?.mode ?? 'null';
    return mode === 'null' ? [] : [`${name}: ${mode}`];
  });
  return [
    toTypeDefs(world),
    ...entries,
    `deny modes: ${modes.join(', ')}`,
    printOperation(operation),
    `variables: ${JSON.stringify(operation.variables)}`,
    `caller: ${JSON.stringify(who)}`,
  ].join('\n');
}
