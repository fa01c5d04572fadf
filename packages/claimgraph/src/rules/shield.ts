import { createRequire } from 'node:module';
import nodeUtil from 'node:util';
import type * as Shield from 'graphql-shield';
import { ConfigurationError } from '../errors.ts';

export type { ShieldRule, ShieldTree } from './shieldTree.ts';

/**
 * graphql-shield's constructors, for who writes new rules in its language: `claimgraph/shield`, which is the only importer
 * of graphql-shield. Its ES build does not load on Node 23 and later (it imports `isUndefined` from `util`, which is gone),
 * so the CommonJS build is taken. Seen with graphql-shield 7.6.5; can go when it publishes a build without
 * `util.isUndefined`.
 */
const shield = loadShield();

// The declarations of the build cannot name these types without being told.
export const rule: typeof Shield.rule = shield.rule;
export const inputRule: typeof Shield.inputRule = shield.inputRule;
export const and: typeof Shield.and = shield.and;
export const or: typeof Shield.or = shield.or;
export const not: typeof Shield.not = shield.not;
export const allow: typeof Shield.allow = shield.allow;
export const deny: typeof Shield.deny = shield.deny;

export const chain: typeof Shield.chain = (...rules) => {
  restoreIsUndefined();
  return shield.chain(...rules);
};

export const race: typeof Shield.race = (...rules) => {
  restoreIsUndefined();
  return shield.race(...rules);
};

function loadShield(): typeof Shield {
  // A bundle in CommonJS has a file name and no `import.meta.url`.
  const require = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);
  try {
    return require('graphql-shield');
  } catch (cause) {
    throw new ConfigurationError(
      'claimgraph/shield: expected graphql-shield beside claimgraph; add graphql-shield and graphql-middleware to your dependencies',
      { cause },
    );
  }
}

/** Run by graphql-shield itself, a `chain` or a `race` would deny everything on Node 23 and later. */
function restoreIsUndefined(): void {
  if ('isUndefined' in nodeUtil) return;
  Object.defineProperty(nodeUtil, 'isUndefined', { value: (value: unknown) => value === undefined });
}
