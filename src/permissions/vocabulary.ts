/** Everything a permission map is written in. */
export { inherit } from './inherit.ts';
export { denyMode, exposes, masked } from './modifiers.ts';
export {
  allOf,
  anyOf,
  type Caller,
  type FieldRule,
  filterByClaims,
  publicField,
  requireAnyScope,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireRowByCaller,
  requireScope,
  requireToken,
  type TypeRules,
} from './rules.ts';
