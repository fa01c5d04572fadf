import type { DenyMode } from './denyMode.ts';
import type { Expression } from './expression.ts';

/** Who may read a field's value as it is, and what everybody else reads in its place. */
export interface CompiledMask {
  readonly permission: Expression;
  mask(value: unknown): unknown;
}

/** What decides about one field of one object type. */
export interface FieldPlan {
  /** `Type.field` (the schema coordinate). */
  readonly coordinate: string;
  readonly permission: Expression;
  readonly masks: readonly CompiledMask[];
  readonly denyMode: DenyMode;
  /** The field's arguments that are declared to tell about the values of other fields. */
  readonly exposes: readonly { readonly argument: string; readonly coordinate: string }[];
  /** What its arguments can use that not everybody may; their permissions are part of the field's. */
  readonly inputs?: readonly FieldInput[];
}

/** Who may use a field of an input type, or a value of an enum, in arguments: `Type.field`, `Enum.VALUE`. */
export interface InputPlan extends Pick<FieldPlan, 'coordinate' | 'permission'> {
  readonly masks: readonly [];
}

/** An input as the arguments of one field can use it. */
export interface FieldInput {
  readonly plan: InputPlan;
  /** Holds for who may use it, and for arguments that do not. */
  readonly permission: Expression;
  /** Where coerced arguments use it: names of arguments and input fields, and places in lists. */
  findUse(args: unknown): readonly (string | number)[] | undefined;
}

/** The inputs that arguments of these fields can use and that not everybody may. */
export function inputPlansOf(plans: Iterable<FieldPlan>): ReadonlySet<InputPlan> {
  const inputs = new Set<InputPlan>();
  for (const plan of plans) for (const input of plan.inputs ?? []) inputs.add(input.plan);
  return inputs;
}
