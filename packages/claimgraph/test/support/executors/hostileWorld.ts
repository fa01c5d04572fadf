import { crateIds, createHostileSchema } from '../hostileSchema.ts';
import type { TestWorld } from './compareExecutors.ts';
import type { Words } from './randomDocument.ts';
import type { Roughness } from './roughValues.ts';

export const hostileWords: Words = {
  ids: [...crateIds.north, 'c-2', '__proto__', 'l-1', 'k-1', 'nobody'],
  strings: ['', 'north', 'c-1', '"\\\u2028'],
};

export function createHostileWorld(roughness: Roughness, restart: () => void): TestWorld {
  const { guarded, takeCalled } = createHostileSchema((value) => roughness.apply(value));
  return {
    guarded,
    start() {
      takeCalled();
      restart();
    },
    takeCalled,
    toContext: (authorization) => ({ authorization }),
  };
}
