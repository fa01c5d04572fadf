import type { AppError } from '../errors.ts';

/** What becomes of the response when a field is denied; `denyMode` in modifiers.ts says it of a field. */
export type DenyMode = 'null' | 'dropItem' | 'failOperation';

export const denyModes: readonly DenyMode[] = ['null', 'dropItem', 'failOperation'];

/** A denial that changes the response beyond its own field. `path` is the field's response path. */
export interface DenyOutcome {
  readonly mode: Exclude<DenyMode, 'null'>;
  readonly path: readonly (string | number)[];
  readonly error: AppError;
}
