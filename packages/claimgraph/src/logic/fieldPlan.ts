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
}
