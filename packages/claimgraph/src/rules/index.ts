/** Everything a permission map is written in. */
export { allOf, anyOf } from './allOf.ts';
export { inherit } from './inherit.ts';
export { denyMode, exposes, masked } from './modifiers.ts';
export { fresh, inGroup } from './narrowClaims.ts';
export { needsClaims } from './needsClaims.ts';
export { publicField } from './publicField.ts';
export { requireArguments, requireArgumentsByClaims } from './requireArguments.ts';
export { requireClaims } from './requireClaims.ts';
export { requireRecentSignIn } from './requireRecentSignIn.ts';
export { requireRow, requireRowByToken } from './requireRow.ts';
export {
  type LookupAnswers,
  type RowLookupByTokenOptions,
  type RowLookupOptions,
  requireRowLookup,
  requireRowLookupByToken,
} from './requireRowLookup.ts';
export { requireAnyScope, requireScope } from './requireScope.ts';
export { requireToken } from './requireToken.ts';
export { limitedBy, requireRowFilter } from './rowFilter.ts';
export type { Caller, FieldRule, TypeRules } from './rule.ts';
