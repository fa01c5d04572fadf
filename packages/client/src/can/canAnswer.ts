import type { Absence } from '../readRefusals.ts';

/** What is asked besides the field, as `viewer.can` takes it. */
export interface CanContext {
  /** An object: for fields of its type the answer is then for this object. */
  readonly id?: string;
  /** Arguments of the field: the answer is then for these; `{}` asks for the defaults. */
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** Whether the person who is signed in may use a field. `allowed` is false also while that is not known. */
export type CanAnswer =
  | { readonly state: 'pending'; readonly allowed: false }
  | { readonly state: 'unavailable'; readonly allowed: false; readonly why: Absence }
  | {
      readonly state: 'known';
      readonly allowed: boolean;
      /** The code that the field's error would have. */
      readonly code: string | null;
      readonly requiredScopes: readonly string[] | null;
      /** Whether it depends on the object, so that an `id` is wanted. */
      readonly perRow: boolean;
      /** Whether it depends on arguments, so that these are wanted. */
      readonly perArguments: boolean;
      /** Whether an allowed value is masked; null when that depends on the object or the arguments. */
      readonly masked: boolean | null;
    };

export const pending: CanAnswer = { state: 'pending', allowed: false };

/** One answer of `viewer.can`; undefined for what is none. */
export function parseCanAnswer(answer: unknown): CanAnswer | undefined {
  const { allowed, code, requiredScopes, perRow, perArguments, masked } = Object(answer);
  if (typeof allowed !== 'boolean') return undefined;
  return { state: 'known', allowed, code, requiredScopes, perRow, perArguments, masked };
}
