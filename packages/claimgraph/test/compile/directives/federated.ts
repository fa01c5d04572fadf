import { buildSchema } from 'graphql';
import { compilePermissions, type PermissionMap, PermissionMapError } from '../../../src/compile/compilePermissions.ts';
import type { DirectiveOptions } from '../../../src/compile/directives/federationDirectives.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { evaluate } from '../../../src/logic/evaluate.ts';
import { anonymous, type Principal } from '../../../src/token/principal.ts';
import { factsOf, type SettledClaims, userWith, withoutRecord } from '../../support/callers.ts';
import { codesOf } from '../../support/codesOf.ts';

/** What a test says besides its SDL. */
export interface Setting extends DirectiveOptions {
  readonly permissions?: PermissionMap;
}

export function federate(sdl: string | readonly string[], { permissions = {}, ...options }: Setting = {}) {
  const typeDefs = typeof sdl === 'string' ? [sdl] : sdl;
  return createGuardedSchema({ typeDefs, resolvers: undefined, permissions, ...options });
}

/** What the boot says of the SDL; empty when it would start. */
export function problemsOf(sdl: string | readonly string[], setting?: Setting): readonly string[] {
  return problemsIn(() => federate(sdl, setting));
}

/** The same for SDL that graphql-js built without our definitions. */
export function problemsOfBuilt(sdl: string, { permissions = {}, ...options }: Setting = {}): readonly string[] {
  return problemsIn(() => compilePermissions(buildSchema(sdl, { assumeValidSDL: true }), permissions, options));
}

function problemsIn(boot: () => unknown): readonly string[] {
  try {
    boot();
    return [];
  } catch (error) {
    if (error instanceof PermissionMapError) return codesOf(error.problems);
    throw error;
  }
}

/** What one caller gets to hear of a field. */
export function decide(
  guarded: ReturnType<typeof federate>,
  coordinate: string,
  principal: Principal,
  claims: SettledClaims = withoutRecord,
): string {
  const plan = [...guarded.plans.values()].find((one) => one.coordinate === coordinate);
  if (!plan) throw new TypeError(`there is no field ${coordinate}`);
  const decision = evaluate(plan.permission, factsOf(principal, claims), {}, {});
  return decision.outcome === 'allowed' ? 'allowed' : decision.error.code;
}

/** How a field answers an anonymous caller, a caller with no scope, and one with the scope `read`. */
export function answers(guarded: ReturnType<typeof federate>, coordinate: string): readonly string[] {
  return [anonymous, userWith(), userWith('read')].map((principal) => decide(guarded, coordinate, principal));
}

export const anybody = ['allowed', 'allowed', 'allowed'];
export const withToken = ['UNAUTHENTICATED', 'allowed', 'allowed'];
export const withRead = ['UNAUTHENTICATED', 'INSUFFICIENT_SCOPE', 'allowed'];
export const withOtherScope = ['UNAUTHENTICATED', 'INSUFFICIENT_SCOPE', 'INSUFFICIENT_SCOPE'];
