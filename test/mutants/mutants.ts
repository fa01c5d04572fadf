import type { Mutant } from './mutant.ts';
import { claimGroups } from './table/claimGroups.ts';
import { compilation } from './table/compilation.ts';
import { decisions } from './table/decisions.ts';
import { federation } from './table/federation.ts';
import { graphql } from './table/graphql.ts';
import { operations } from './table/operations.ts';
import { shadows } from './table/shadow.ts';
import { shieldRules } from './table/shieldRules.ts';
import { vocabulary } from './table/vocabulary.ts';
import { warningsOfMaps } from './table/warnings.ts';

/** Every way in which `npm run mutants` breaks the engine. */
export const mutants: readonly Mutant[] = [
  ...decisions,
  ...operations,
  ...compilation,
  ...vocabulary,
  ...federation,
  ...graphql,
  ...shadows,
  ...shieldRules,
  ...warningsOfMaps,
  ...claimGroups,
];
