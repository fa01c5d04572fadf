import { type FieldNode, GraphQLError, getArgumentValues, type OperationTypeNode } from 'graphql';
import { type AppError, RefusedArgumentError } from '../errors.ts';
import type { Decision, NotAllowed } from '../logic/decision.ts';
import type { FieldInput, FieldPlan } from '../logic/fieldPlan.ts';
import type { Authorization } from './authorization.ts';
import { toGraphqlVariables, tooDeep } from './coerceVariables.ts';
import type { InputField, OperationPlan, RootField } from './operationPlan.ts';

/** A selection that will not be executed, found before anything was. */
export interface FieldDenial {
  readonly plan: FieldPlan;
  readonly path: readonly string[];
  readonly decision: NotAllowed;
}

/**
 * Decides before anything executes whether the operation may start: the refusals to answer with, or none when it may.
 * It may not when no root field may run, nor when a field is refused whose deny mode is to fail the operation, nor, for a
 * mutation, when any selection is refused: a mutation happens wholly or not at all. Nor may it when arguments anywhere in it
 * use an input field or an enum value that the caller may not use. What is left to rows or to arguments deeper down is decided later, where it is met.
 */
export function authorizeBeforeExecution(
  operation: OperationTypeNode,
  plan: OperationPlan,
  authorization: Authorization,
  variables: Readonly<Record<string, unknown>>,
): readonly FieldDenial[] {
  const refusedInputs = plan.inputFields.flatMap(refuseInputs);
  if (refusedInputs.length > 0) return distinct(refusedInputs);
  const roots = [...plan.rootFields.values()];
  const refusedRoots = roots.flatMap((root) =>
    refuse(root.plan, [root.responseKey], () => argumentsOf(root, variables)),
  );
  if (operation === 'mutation') {
    const refusedBelow = [...plan.nestedFields].flatMap(([field, path]) => refuse(field, path, undefined));
    return distinct([...refusedRoots, ...refusedBelow]);
  }
  const fatal = [...plan.failOperationFields].flatMap(([field, path]) => refuse(field, path, undefined));
  const fatalRoots = refusedRoots.filter((refused) => refused.plan.denyMode === 'failOperation');
  if (fatal.length + fatalRoots.length > 0) return distinct([...fatalRoots, ...fatal]);
  return !plan.hasMetaFields && roots.length > 0 && refusedRoots.length === roots.length ? refusedRoots : [];

  function refuseInputs(field: InputField): readonly FieldDenial[] {
    // Whoever may not read the field whatever its arguments are is told that.
    const decision = authorization.preview(field.plan.permission);
    if (decision && decision.outcome !== 'allowed') return [];
    if (field.inputs.every(({ permission }) => authorization.preview(permission)?.outcome === 'allowed')) return [];
    const args = argumentsOf(field, variables);
    if (args === undefined) return [];
    return field.inputs.flatMap((input): readonly FieldDenial[] => {
      const decision = authorization.preview(input.permission, args);
      if (!decision || decision.outcome === 'allowed') return [];
      const error = errorOfUse(input, args, decision.error);
      return [{ plan: field.plan, path: field.path, decision: { ...decision, error } }];
    });
  }

  function errorOfUse(input: FieldInput, args: unknown, refusal: AppError): AppError {
    try {
      return new RefusedArgumentError(refusal, input.findUse(args)?.join('.') ?? '');
    } catch (error) {
      // Values can be nested more deeply than the stack goes, also where it went as deep as they do when they were coerced.
      if (error instanceof RangeError) return tooDeep;
      throw error;
    }
  }

  function refuse(field: FieldPlan, path: readonly string[], args: ReadArguments | undefined): readonly FieldDenial[] {
    const decision = refusalOf(field, args);
    return decision ? [{ plan: field, path, decision }] : [];
  }

  function refusalOf({ permission, masks }: FieldPlan, args: ReadArguments | undefined): NotAllowed | undefined {
    const decision = preview(permission, args);
    if (decision && decision.outcome !== 'allowed') return decision;
    for (const mask of masks) {
      const whole = preview(mask.permission, args);
      // A mask denies nobody, but while its rule cannot be decided the field is not given out.
      if (whole?.outcome === 'indeterminate') return whole;
    }
    return undefined;
  }

  /** Arguments are coerced only where something depends on them. */
  function preview(permission: FieldPlan['permission'], args: ReadArguments | undefined): Decision | undefined {
    return authorization.preview(permission) ?? (args && authorization.preview(permission, args()));
  }
}

type ReadArguments = () => unknown;

/** One for each place: the first, since a root field that was decided with its arguments says more than without. */
function distinct(refused: readonly FieldDenial[]): readonly FieldDenial[] {
  const first = new Map<string, FieldDenial>();
  for (const one of refused) {
    const place = one.path.join(' ');
    if (!first.has(place)) first.set(place, one);
  }
  return [...first.values()];
}

/** The field's coerced arguments; undefined when they are faulty, which execution reports. */
export function argumentsOf(
  { definition, node }: Pick<RootField, 'definition' | 'node'>,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  try {
    return getArgumentValues(definition, node as FieldNode, toGraphqlVariables(variables));
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
