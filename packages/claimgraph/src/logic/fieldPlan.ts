import type { CompiledMask } from '../compile/ruleParser.ts';
import type { DenyMode } from './denyMode.ts';
import type { Expression } from './expression.ts';

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
