import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';
import { type FieldPlans, objectTypesOf } from '../compile/compilePermissions.ts';
import { ConfigurationError } from '../errors.ts';
import type { NotAllowed } from '../logic/decision.ts';
import { mayWait } from '../logic/evaluateShieldRule.ts';
import { allowsEverybody } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { isThenable, type MaybePromise, mapMaybePromise } from '../logic/maybePromise.ts';
import type { Authorization } from './authorization.ts';
import { authorizationOf, meterOf } from './authorizationOf.ts';
import { toGuardError } from './guardError.ts';
import { createItemsGuard, meterLater, noteLater } from './listItems.ts';
import { LocatedRefusal, type RefusedPlace } from './locatedRefusal.ts';
import { recordField } from './recordField.ts';

type Field = GraphQLField<unknown, unknown>;
type Resolver = GraphQLFieldResolver<unknown, unknown>;

/**
 * Puts every field's plan in front of its resolver, in place, and of what opens a subscription's source. A refused field's
 * resolver is not called, and a guard creates no promise of its own. Fields that everybody may read have no guard, unless
 * somebody observes what is decided of them. No list of any field leaves a rejection behind: see `listItems.ts`.
 */
export function enforcePermissions(schema: GraphQLSchema, plans: FieldPlans, observer?: DecisionObserver): void {
  const subscriptions = subscriptionsOf(schema);
  noteTypesFoundLater(schema);
  for (const [field, plan] of plans) {
    const resolve = field.resolve ?? defaultFieldResolver;
    const onDecision = observer?.observes(plan) ? observer.onDecision : undefined;
    const isUnguarded = isPublic(plan) && !onDecision;
    field.resolve = guardLists(field, plan, isUnguarded ? resolve : guard(plan, plan.masks, resolve, onDecision));
    if (isPublic(plan)) continue;
    // Without a `subscribe` of its own, the source is opened by a function on the root value.
    if (subscriptions.has(field)) field.subscribe = guard(plan, [], field.subscribe ?? defaultFieldResolver);
  }
  assertEnforced(schema, plans);
}

/** Throws when the schema about to be executed has a field that no plan guards, as after a later transformation. */
export function assertEnforced(schema: GraphQLSchema, plans: FieldPlans): void {
  const subscriptions = subscriptionsOf(schema);
  const isUnguarded = (field: Field) => {
    const plan = plans.get(field);
    if (!plan) return true;
    const entries = subscriptions.has(field) ? [field.resolve, field.subscribe] : [field.resolve];
    return !isPublic(plan) && !entries.every((entry) => entry && guards.get(entry)?.plan === plan);
  };
  const unguarded = objectTypesOf(schema).flatMap((type) => {
    const fields = Object.values(type.getFields()).filter(isUnguarded);
    return fields.map((field) => `${type.name}.${field.name}`);
  });
  if (unguarded.length > 0) {
    throw new ConfigurationError(
      `fields of the executed schema have no guard: ${unguarded.join(', ')}; transform the schema before its permissions are compiled`,
    );
  }
}

/** What stands behind the resolver of a field, for an executor that decides by itself. */
export interface FieldGuard {
  readonly plan: FieldPlan;
  /** The resolver that the field had. */
  readonly resolve: Resolver;
  /** The same with the plan in front of it; undefined when everybody may read the field. */
  readonly guard: Resolver | undefined;
  /** Whether rules take part that `decideField` cannot ask: those that look something up, or are graphql-shield's own. */
  readonly isForeign: boolean;
  /** Whether somebody is to be told of each decision, which the guard does. */
  readonly isObserved: boolean;
}

/** Undefined for a resolver that was left as it was. */
export function getFieldGuard(resolver: Resolver): FieldGuard | undefined {
  return guards.get(resolver);
}

const guards = new WeakMap<Resolver, FieldGuard>();

function subscriptionsOf(schema: GraphQLSchema): ReadonlySet<Field> {
  return new Set(Object.values(schema.getSubscriptionType()?.getFields() ?? {}));
}

/** Told what was decided for one row: why it is not given out, or the masks that hide something of it. */
export type OnDecision = (
  authorization: Authorization,
  plan: FieldPlan,
  verdict: NotAllowed | FieldPlan['masks'],
  row: { readonly parent: unknown; readonly args: unknown },
) => void;

/** Who is told of the decisions about some fields. It must not throw. */
export interface DecisionObserver {
  observes(plan: FieldPlan): boolean;
  readonly onDecision: OnDecision;
}

function guard(plan: FieldPlan, masks: FieldPlan['masks'], resolve: Resolver, onDecision?: OnDecision): Resolver {
  const isForeign = [plan, ...masks].some(({ permission }) => mayWait(permission));
  const guarded = isForeign
    ? asyncGuard(plan, masks, resolve, onDecision)
    : syncGuard(plan, masks, resolve, onDecision);
  guards.set(guarded, { plan, resolve, guard: guarded, isForeign, isObserved: onDecision !== undefined });
  return guarded;
}

/** The same resolver, whose result is counted, and none of whose lists leaves a rejection behind. */
function guardLists({ type }: Field, plan: FieldPlan, resolve: Resolver): Resolver {
  const guardItems = createItemsGuard(type);
  const isLeaf = isLeafType(getNamedType(type));
  const entry: Resolver = (parent, args, context, info) => {
    const meter = meterOf(context);
    meter.count(1);
    const value = noteLater(resolve(parent, args, context, info));
    if (guardItems) return guardItems(value, info, meter);
    return isLeaf ? value : meterLater(value, meter);
  };
  guards.set(entry, guards.get(resolve) ?? { plan, resolve, guard: undefined, isForeign: false, isObserved: false });
  return entry;
}

function noteTypesFoundLater(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && type.isTypeOf) {
      const { isTypeOf } = type;
      type.isTypeOf = (...args) => noteLater(isTypeOf(...args));
    }
    if (isAbstractType(type) && type.resolveType) {
      const { resolveType } = type;
      type.resolveType = (...args) => noteLater(resolveType(...args));
    }
  }
}

function syncGuard(
  plan: FieldPlan,
  masks: FieldPlan['masks'],
  resolve: Resolver,
  onDecision: OnDecision | undefined,
): Resolver {
  return (parent, args, context, info) => {
    const authorization = recordedAuthorization(context, plan);
    const verdict = decideField(authorization, plan.permission, masks, parent, args);
    onDecision?.(authorization, plan, verdict, { parent, args });
    if ('outcome' in verdict) throw refuse(authorization, plan, verdict, info);
    const value = resolve(parent, args, context, info);
    return verdict.length === 0 ? value : applyMasks(value, verdict);
  };
}

/** Decides a field for one row: why it is not given out, or the masks that hide something of it. */
export function decideField(
  authorization: Authorization,
  permission: FieldPlan['permission'],
  masks: FieldPlan['masks'],
  parent: unknown,
  args: unknown,
): NotAllowed | FieldPlan['masks'] {
  const decision = authorization.decide(permission, parent, args);
  if (decision.outcome !== 'allowed') return decision;
  if (masks.length === 0) return masks;
  const hidden: FieldPlan['masks'][number][] = [];
  for (const mask of masks) {
    const whole = authorization.decide(mask.permission, parent, args);
    if (whole.outcome === 'indeterminate') return whole;
    if (whole.outcome === 'denied') hidden.push(mask);
  }
  return hidden;
}

/** The same with rules that may have to wait: a promise only where one of them answers with a promise. */
function asyncGuard(
  plan: FieldPlan,
  masks: FieldPlan['masks'],
  resolve: Resolver,
  onDecision: OnDecision | undefined,
): Resolver {
  return (parent, args, context, info) => {
    const authorization = recordedAuthorization(context, plan);
    const call = { parent, args, context, info };
    const refuseRow = (decision: NotAllowed) => {
      onDecision?.(authorization, plan, decision, call);
      return refuse(authorization, plan, decision, info);
    };
    const hiddenBy = ([mask, ...others]: FieldPlan['masks']): MaybePromise<FieldPlan['masks']> => {
      if (!mask) return [];
      return mapMaybePromise(authorization.decideForeign(mask.permission, call), (whole) => {
        if (whole.outcome === 'indeterminate') throw refuseRow(whole);
        return mapMaybePromise(hiddenBy(others), (hidden) => (whole.outcome === 'denied' ? [mask, ...hidden] : hidden));
      });
    };
    return mapMaybePromise(authorization.decideForeign(plan.permission, call), (decision) => {
      if (decision.outcome !== 'allowed') throw refuseRow(decision);
      return mapMaybePromise(hiddenBy(masks), (hidden) => {
        onDecision?.(authorization, plan, hidden, call);
        const value = resolve(parent, args, context, info);
        return hidden.length === 0 ? value : applyMasks(value, hidden);
      });
    });
  };
}

/** A resolver's value as those see it from whom the masks hide. */
export function applyMasks(value: unknown, hidden: FieldPlan['masks']): unknown {
  // graphql-js would await it, so the mask must wait for it too.
  if (isThenable(value)) return Promise.resolve(value).then((whole) => applyMasks(whole, hidden));
  // An Error that a resolver returns is thrown by graphql-js; masked it would become data.
  if (value instanceof Error) return value;
  return hidden.reduce((shown, { mask }) => (shown == null ? null : mask(shown)), value);
}

/** Notes that a field is not given out, and gives what to throw: one that tells a client no more than it may read. */
export function refuse(
  authorization: Authorization,
  { coordinate, denyMode }: FieldPlan,
  decision: NotAllowed,
  place: RefusedPlace,
): LocatedRefusal {
  const { outcome, error } = decision;
  authorization.refuse(coordinate, decision);
  // An outage is told, never hidden by leaving the item out.
  if (denyMode === 'failOperation' || (denyMode === 'dropItem' && outcome === 'denied')) {
    authorization.noteDenial({ mode: denyMode, path: responsePathAsArray(place.path), error });
  }
  return new LocatedRefusal(toGuardError(error), place);
}

/** Whether everybody may read the field, whole. */
export function isPublic({ permission, masks }: FieldPlan): boolean {
  return masks.length === 0 && allowsEverybody(permission);
}

function recordedAuthorization(context: unknown, plan: FieldPlan): Authorization {
  const authorization = authorizationOf(context);
  const recorder = authorization.recorder();
  return recorder ? recordField(authorization, plan, recorder) : authorization;
}
