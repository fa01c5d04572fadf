/** Everything a permission map is written in. */
export { allOf, anyOf } from './vocabulary/allOf.ts';
export { filterByClaims } from './vocabulary/filterByClaims.ts';
export { fresh } from './vocabulary/fresh.ts';
export { inGroup } from './vocabulary/inGroup.ts';
export { inherit } from './vocabulary/inherit.ts';
export { denyMode, exposes, masked } from './vocabulary/modifiers.ts';
export { publicField } from './vocabulary/publicField.ts';
export { requireArguments, requireArgumentsByClaims } from './vocabulary/requireArguments.ts';
export { requireClaims } from './vocabulary/requireClaims.ts';
export { requireRecentSignIn } from './vocabulary/requireRecentSignIn.ts';
export { requireRow, requireRowByCaller } from './vocabulary/requireRow.ts';
export { requireAnyScope, requireScope } from './vocabulary/requireScope.ts';
export { requireToken } from './vocabulary/requireToken.ts';
export type { Caller, FieldRule, TypeRules } from './vocabulary/ruleDefinition.ts';
